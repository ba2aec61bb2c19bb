"""From flags and environment to a connection's settings: what wins, what is missing, what is in conflict."""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from keycloak_2fa.errors import BadFileError, BadUrlError, InsecureUrlError, MissingSettingError, UsageError
from keycloak_2fa.settings import AdminUser, ConnectionSettings, EngineChoice, ServiceAccount
from keycloak_2fa_cli import connection
from keycloak_2fa_cli.flags import Flags

SERVICE = {
    "KC2FA_SERVER_URL": "https://id.example.org/auth",
    "KC2FA_REALM": "example",
    "KC2FA_CLIENT_ID": "kc2fa",
    "KC2FA_CLIENT_SECRET": "from the environment",
}
ADMIN = {
    "KC2FA_SERVER_URL": "https://id.example.org/auth",
    "KC2FA_REALM": "example",
    "KC2FA_USERNAME": "admin",
    "KC2FA_PASSWORD": "from the environment",
}


def settings(
    environment: Mapping[str, str], flags: Flags | None = None, *, interactive: bool = False
) -> ConnectionSettings:
    return connection.settings(flags or Flags(), environment, interactive=interactive)


CA = Path(certifi.where())


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(content)
    return path


# --- where a setting comes from


def test_a_service_account_is_read_from_the_environment() -> None:
    assert settings(SERVICE) == ConnectionSettings(
        server_url="https://id.example.org/auth",
        realm="example",
        auth_realm="example",
        credentials=ServiceAccount("kc2fa", "from the environment"),
    )


def test_an_admin_user_is_read_from_the_environment() -> None:
    assert settings(ADMIN) == ConnectionSettings(
        server_url="https://id.example.org/auth",
        realm="example",
        auth_realm="master",
        credentials=AdminUser("admin", "from the environment"),
    )


def test_everything_may_be_given_by_flags(tmp_path: Path) -> None:
    secret = file(tmp_path, b"from a file")
    flags = Flags(
        server_url="https://id.example.org",
        realm=["example"],
        auth_realm="staff",
        client_id="kc2fa",
        client_secret_file=secret,
        ca_file=CA,
        concurrency=3,
    )

    assert settings({}, flags) == ConnectionSettings(
        server_url="https://id.example.org",
        realm="example",
        auth_realm="staff",
        credentials=ServiceAccount("kc2fa", "from a file"),
        ca_file=CA,
        concurrency=3,
    )


def test_the_url_of_a_flag_wins() -> None:
    assert settings(SERVICE, Flags(server_url="https://b.example")).server_url == "https://b.example"


def test_the_realm_of_a_flag_wins() -> None:
    assert settings(SERVICE, Flags(realm=["flag"])).realm == "flag"


def test_one_realm_is_taken_where_one_is_meant() -> None:
    with pytest.raises(UsageError) as refused:
        settings(SERVICE, Flags(realm=["a", "b"]))

    assert "--realm" in refused.value.hint


def test_the_login_realm_of_a_flag_wins() -> None:
    assert settings(SERVICE | {"KC2FA_AUTH_REALM": "env"}, Flags(auth_realm="flag")).auth_realm == "flag"


def test_the_client_of_a_flag_wins() -> None:
    assert settings(SERVICE, Flags(client_id="flag")).credentials == ServiceAccount("flag", "from the environment")


def test_the_secret_of_a_file_wins(tmp_path: Path) -> None:
    flags = Flags(client_secret_file=file(tmp_path, b"from a file"))

    assert settings(SERVICE, flags).credentials == ServiceAccount("kc2fa", "from a file")


def test_the_user_of_a_flag_wins() -> None:
    assert settings(ADMIN, Flags(username="flag")).credentials == AdminUser("flag", "from the environment")


def test_the_password_of_a_file_wins(tmp_path: Path) -> None:
    flags = Flags(password_file=file(tmp_path, b"from a file"))

    assert settings(ADMIN, flags).credentials == AdminUser("admin", "from a file")


def test_the_code_of_a_flag_wins() -> None:
    assert settings(ADMIN | {"KC2FA_OTP": "111111"}, Flags(otp="222222")).credentials == AdminUser(
        "admin", "from the environment", otp="222222"
    )


def test_the_code_is_read_from_the_environment() -> None:
    assert settings(ADMIN | {"KC2FA_OTP": "111111"}).credentials == AdminUser(
        "admin", "from the environment", otp="111111"
    )


def test_the_concurrency_of_a_flag_wins() -> None:
    assert settings(SERVICE | {"KC2FA_CONCURRENCY": "5"}, Flags(concurrency=7)).concurrency == 7


def test_the_ca_of_a_flag_wins() -> None:
    assert settings(SERVICE | {"KC2FA_CA_FILE": "/none"}, Flags(ca_file=CA)).ca_file == CA


def test_the_ca_is_read_from_the_environment() -> None:
    assert settings(SERVICE | {"KC2FA_CA_FILE": str(CA)}).ca_file == CA


@pytest.mark.parametrize("content", [b"", b"PEM", b"\xff\xfe"], ids=repr)
def test_a_ca_file_without_a_certificate(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadFileError, match=r"--ca-file"):
        settings(SERVICE, Flags(ca_file=file(tmp_path, content)))


def test_a_ca_file_of_the_environment_is_named_as_such() -> None:
    with pytest.raises(BadFileError, match=r"^KC2FA_CA_FILE /none"):
        settings(SERVICE | {"KC2FA_CA_FILE": "/none"})


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        (SERVICE, "KC2FA_AUTH_REALM"),
        (SERVICE, "KC2FA_CA_FILE"),
        (SERVICE, "KC2FA_CONCURRENCY"),
        (SERVICE, "KC2FA_RETRY_TIMEOUT"),
        (SERVICE, "KC2FA_PATIENCE"),
        (SERVICE, "KC2FA_ENGINE"),
        (SERVICE, "KC2FA_USERNAME"),
        (ADMIN, "KC2FA_CLIENT_ID"),
        (ADMIN, "KC2FA_OTP"),
    ],
)
def test_an_empty_variable_counts_as_none(environment: dict[str, str], variable: str) -> None:
    assert settings(environment | {variable: ""}) == settings(environment)


@pytest.mark.parametrize(
    ("environment", "realm"),
    [
        pytest.param(SERVICE, "example", id="a service account: the realm"),
        pytest.param(ADMIN, "master", id="an admin user: master"),
        pytest.param(SERVICE | {"KC2FA_AUTH_REALM": "staff"}, "staff", id="a service account elsewhere"),
        pytest.param(ADMIN | {"KC2FA_AUTH_REALM": "example"}, "example", id="an admin user of the realm"),
    ],
)
def test_the_realm_to_log_in_to(environment: dict[str, str], realm: str) -> None:
    assert settings(environment).auth_realm == realm


# --- what is missing is named with its flag and its variable


@pytest.mark.parametrize(
    ("environment", "variable", "flag"),
    [
        (SERVICE, "KC2FA_SERVER_URL", "--server-url"),
        (SERVICE, "KC2FA_REALM", "--realm"),
        (SERVICE, "KC2FA_CLIENT_ID", "--client-id"),
        (SERVICE, "KC2FA_CLIENT_SECRET", "--client-secret-file"),
        (ADMIN, "KC2FA_USERNAME", "--username"),
        (ADMIN, "KC2FA_PASSWORD", "--password-file"),
    ],
)
@pytest.mark.parametrize("how", ["not there", "empty"])
def test_what_is_missing_is_named(environment: dict[str, str], variable: str, flag: str, how: str) -> None:
    given = {name: value for name, value in environment.items() if name != variable}
    if how == "empty":
        given[variable] = ""

    with pytest.raises(MissingSettingError) as missing:
        settings(given)

    assert flag in missing.value.hint
    assert variable in missing.value.hint


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(MissingSettingError) as missing:
        settings({"KC2FA_CLIENT_ID": "kc2fa"})

    assert missing.value.message == "Missing: the server's URL; the realm; the client's secret."
    assert all(flag in missing.value.hint for flag in ("--server-url", "--realm", "--client-secret-file"))


def test_nothing_is_asked_for_while_something_else_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("asked for the password"))

    with pytest.raises(MissingSettingError, match="the server's URL"):
        settings({"KC2FA_USERNAME": "admin"}, interactive=True)


def test_a_password_that_is_there_is_not_asked_for() -> None:
    assert settings(ADMIN, interactive=True).credentials == AdminUser("admin", "from the environment")


# --- who logs in


@pytest.mark.parametrize(
    ("environment", "flags"),
    [
        pytest.param(SERVICE | ADMIN, Flags(), id="both in the environment"),
        pytest.param({}, Flags(client_id="kc2fa", username="admin"), id="both by flags"),
    ],
)
def test_two_kinds_of_login_are_in_conflict(environment: dict[str, str], flags: Flags) -> None:
    complete = replace(flags, server_url="https://id.example.org", realm=["example"])

    with pytest.raises(UsageError) as refused:
        settings(environment, complete)

    names = ("--client-id", "--username") if complete.client_id else ("KC2FA_CLIENT_ID", "KC2FA_USERNAME")
    assert all(name in refused.value.hint for name in names)


def test_a_client_by_flag_settles_who_logs_in() -> None:
    assert settings(SERVICE | ADMIN, Flags(client_id="flag")).credentials == ServiceAccount(
        "flag", "from the environment"
    )


def test_a_user_by_flag_settles_who_logs_in() -> None:
    assert settings(SERVICE | ADMIN, Flags(username="flag")).credentials == AdminUser("flag", "from the environment")


# --- secrets in files


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        pytest.param(b"s3cr3t", "s3cr3t", id="no newline"),
        pytest.param(b"s3cr3t\n", "s3cr3t", id="a newline"),
        pytest.param(b"s3cr3t\r\n", "s3cr3t", id="a newline of Windows"),
        pytest.param(b"s3cr3t\n\n", "s3cr3t", id="an empty line"),
        pytest.param(b" s3 cr3t \n", " s3 cr3t ", id="spaces, which are part of it"),
        pytest.param("π4ς\n".encode(), "π4ς", id="another script"),
    ],
)
class TestASecretInAFile:
    def test_of_a_client(self, tmp_path: Path, content: bytes, secret: str) -> None:
        flags = Flags(client_secret_file=file(tmp_path, content))

        assert settings(SERVICE, flags).credentials == ServiceAccount("kc2fa", secret)

    def test_of_a_user(self, tmp_path: Path, content: bytes, secret: str) -> None:
        flags = Flags(password_file=file(tmp_path, content))

        assert settings(ADMIN, flags).credentials == AdminUser("admin", secret)


def test_a_secret_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"s3cr3t\n")))

    assert settings(SERVICE, Flags(client_secret_file=Path("-"))).credentials == ServiceAccount("kc2fa", "s3cr3t")


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n"], ids=repr)
def test_a_file_with_nothing_in_it_holds_no_secret(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadFileError, match="is empty"):
        settings(SERVICE, Flags(client_secret_file=file(tmp_path, content)))


@pytest.mark.parametrize("flag", ["--client-secret-file", "--password-file"])
class TestAFileThatCannotBeRead:
    def given(self, flag: str, path: Path) -> tuple[dict[str, str], Flags]:
        field = flag.removeprefix("--").replace("-", "_")
        return (ADMIN if flag == "--password-file" else SERVICE), Flags(**{field: path})  # type: ignore[arg-type]

    def test_because_it_is_not_there(self, tmp_path: Path, flag: str) -> None:
        with pytest.raises(BadFileError, match=f"{flag} .*none .*: No such file or directory"):
            settings(*self.given(flag, tmp_path / "none"))

    def test_because_it_is_a_folder(self, tmp_path: Path, flag: str) -> None:
        with pytest.raises(BadFileError, match=f"{flag} .*: Is a directory"):
            settings(*self.given(flag, tmp_path))

    def test_because_it_is_no_text(self, tmp_path: Path, flag: str) -> None:
        with pytest.raises(BadFileError, match=f"{flag} .*: .*UTF-8"):
            settings(*self.given(flag, file(tmp_path, b"s3cr3t\xff")))


def test_an_unreadable_secret_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadFileError) as unreadable:
        settings(SERVICE, Flags(client_secret_file=file(tmp_path, b"s3cr3t\xff")))

    assert "s3cr3t" not in f"{unreadable.value.message} {unreadable.value.hint}"


def test_a_secret_from_standard_input_that_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"s3cr3t\xff"), encoding="utf-8"))

    with pytest.raises(BadFileError):
        settings(SERVICE, Flags(client_secret_file=Path("-")))


# --- numbers


@pytest.mark.parametrize("number", [1, 16, 256])
def test_the_concurrency_is_read_from_the_environment(number: int) -> None:
    assert settings(SERVICE | {"KC2FA_CONCURRENCY": str(number)}).concurrency == number


@pytest.mark.parametrize("seconds", [1, 120, 3600])
@pytest.mark.parametrize("variable", ["KC2FA_RETRY_TIMEOUT", "KC2FA_PATIENCE"])
def test_the_retry_timeout_is_read_from_the_environment(variable: str, seconds: int) -> None:
    assert settings(SERVICE | {variable: str(seconds)}).retry_timeout == seconds


def test_the_newer_name_of_the_retry_timeout_wins() -> None:
    assert settings(SERVICE | {"KC2FA_RETRY_TIMEOUT": "5", "KC2FA_PATIENCE": "7"}).retry_timeout == 5


@pytest.mark.parametrize("text", ["0", "-1", "257", "1.5", "many", " 5", "٣", "²", "1e2"])
def test_a_concurrency_that_cannot_be_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="KC2FA_CONCURRENCY"):
        settings(SERVICE | {"KC2FA_CONCURRENCY": text})


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "long", " 5", "٣", "²", "inf", "nan"])
@pytest.mark.parametrize("variable", ["KC2FA_RETRY_TIMEOUT", "KC2FA_PATIENCE"])
def test_a_retry_timeout_that_cannot_be_is_wrong_usage(variable: str, text: str) -> None:
    with pytest.raises(UsageError, match=variable):
        settings(SERVICE | {variable: text})


@pytest.mark.parametrize("variable", ["KC2FA_CONCURRENCY", "KC2FA_RETRY_TIMEOUT", "KC2FA_PATIENCE"])
def test_a_number_of_absurd_length_is_wrong_usage(variable: str) -> None:
    with pytest.raises(UsageError):
        settings(SERVICE | {variable: "1" * 5_000})


# --- the URL


def test_the_url_is_brought_to_one_form() -> None:
    assert settings(SERVICE | {"KC2FA_SERVER_URL": "https://id.example.org/auth//"}).server_url == (
        "https://id.example.org/auth"
    )


def test_what_is_no_url_is_wrong_usage() -> None:
    with pytest.raises(BadUrlError):
        settings(SERVICE | {"KC2FA_SERVER_URL": "id.example.org"})


def test_plain_http_is_refused() -> None:
    with pytest.raises(InsecureUrlError):
        settings(SERVICE | {"KC2FA_SERVER_URL": "http://id.example.org"})


def test_plain_http_is_accepted_where_the_flag_says_so() -> None:
    plain = SERVICE | {"KC2FA_SERVER_URL": "http://id.example.org"}

    assert settings(plain, Flags(allow_http=True)).server_url == "http://id.example.org"


@pytest.mark.parametrize("engine", EngineChoice)
def test_the_engine_is_read_from_the_environment(engine: EngineChoice) -> None:
    assert settings(SERVICE | {"KC2FA_ENGINE": engine.value}).engine is engine


def test_the_engine_of_a_flag_wins() -> None:
    flags = Flags(engine=EngineChoice.ADMIN_API)
    assert settings(SERVICE | {"KC2FA_ENGINE": "extension"}, flags).engine is EngineChoice.ADMIN_API


def test_an_engine_that_there_is_not_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="KC2FA_ENGINE"):
        settings(SERVICE | {"KC2FA_ENGINE": "steam"})
