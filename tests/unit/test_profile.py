"""The configuration file: what a profile may hold, and what is refused."""

from pathlib import Path

import pytest

from keycloak_2fa.errors import BadFileError, InsecureUrlError, UsageError
from keycloak_2fa.settings import AdminUser, EngineChoice, ServiceAccount
from keycloak_2fa_cli import connection, profile
from keycloak_2fa_cli.flags import Flags

PRODUCTION = """
[profiles.production]
server_url = "https://id.example.org"
realm = "example"
client_id = "kc2fa"
client_secret_file = "secret"
concurrency = 4
retry_timeout = 60
engine = "admin-api"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration file, with a secret beside it."""
    folder = tmp_path / "kc2fa"
    folder.mkdir()
    (folder / "secret").write_text("from the profile's file\n")
    path = folder / "config.toml"
    path.write_text(PRODUCTION)
    return path


@pytest.fixture
def environment(config: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(config.parents[1])}


def refused(config: Path, text: str, name: str = "production") -> UsageError:
    config.write_text(text)
    with pytest.raises(UsageError) as error:
        profile.read(name, {"XDG_CONFIG_HOME": str(config.parents[1])})
    return error.value


# --- where the file is


def test_it_is_in_the_folder_for_configuration() -> None:
    assert profile.path({"XDG_CONFIG_HOME": "/xdg", "HOME": "/home/me"}) == Path("/xdg/kc2fa/config.toml")


@pytest.mark.parametrize("folder", [{}, {"XDG_CONFIG_HOME": ""}, {"XDG_CONFIG_HOME": "not/absolute"}], ids=str)
def test_it_is_in_the_home_otherwise(folder: dict[str, str]) -> None:
    assert profile.path(folder | {"HOME": "/home/me"}) == Path("/home/me/.config/kc2fa/config.toml")


# --- what it gives


def test_a_profile_gives_a_connection(environment: dict[str, str]) -> None:
    settings = connection.settings(Flags(profile="production"), environment, interactive=False)

    assert (settings.server_url, settings.realm, settings.concurrency, settings.retry_timeout, settings.engine) == (
        "https://id.example.org",
        "example",
        4,
        60.0,
        EngineChoice.ADMIN_API,
    )
    assert settings.credentials == ServiceAccount("kc2fa", "from the profile's file")


def test_the_environment_may_name_it(environment: dict[str, str]) -> None:
    settings = connection.settings(Flags(), environment | {"KC2FA_PROFILE": "production"}, interactive=False)
    assert settings.realm == "example"


def test_a_flag_names_it_first(environment: dict[str, str]) -> None:
    flags = Flags(profile="production")
    settings = connection.settings(flags, environment | {"KC2FA_PROFILE": "another"}, interactive=False)
    assert settings.realm == "example"


def test_the_environment_wins_over_it(environment: dict[str, str]) -> None:
    more = {"KC2FA_REALM": "from-the-environment", "KC2FA_CLIENT_SECRET": "from the environment"}
    settings = connection.settings(Flags(profile="production"), environment | more, interactive=False)
    assert settings.realm == "from-the-environment"
    assert settings.credentials == ServiceAccount("kc2fa", "from the environment")


def test_a_flag_wins_over_it(environment: dict[str, str]) -> None:
    flags = Flags(profile="production", realm=["by-flag"], concurrency=9)
    settings = connection.settings(flags, environment, interactive=False)
    assert (settings.realm, settings.concurrency) == ("by-flag", 9)


def test_a_user_in_the_environment_wins_over_its_service_account(environment: dict[str, str]) -> None:
    more = {"KC2FA_USERNAME": "admin", "KC2FA_PASSWORD": "horse"}
    settings = connection.settings(Flags(profile="production"), environment | more, interactive=False)
    assert settings.credentials == AdminUser("admin", "horse")


@pytest.mark.parametrize("kind", ["service account", "admin user"])
def test_it_may_hold_both_kinds_of_login_where_another_source_settles_it(config: Path, kind: str) -> None:
    config.write_text(PRODUCTION + 'username = "admin"\n')
    environment = {"XDG_CONFIG_HOME": str(config.parents[1]), "KC2FA_PASSWORD": "horse"}
    flags = (
        Flags(profile="production", client_id="kc2fa")
        if kind == "service account"
        else Flags(profile="production", username="admin")
    )
    assert connection.settings(flags, environment, interactive=False).realm == "example"


def test_both_kinds_of_login_in_it_are_a_conflict(config: Path, environment: dict[str, str]) -> None:
    config.write_text(PRODUCTION + 'username = "admin"\n')
    with pytest.raises(UsageError) as error:
        connection.settings(Flags(profile="production"), environment, interactive=False)
    assert all(f"{key} in profile 'production'" in error.value.hint for key in ("client_id", "username"))


def test_it_may_allow_plain_http(config: Path, environment: dict[str, str]) -> None:
    config.write_text(PRODUCTION.replace("https", "http") + "allow_http = true\n")
    settings = connection.settings(Flags(profile="production"), environment, interactive=False)
    assert settings.server_url == "http://id.example.org"


def test_false_does_not_allow_plain_http(config: Path, environment: dict[str, str]) -> None:
    config.write_text(PRODUCTION.replace("https", "http") + "allow_http = false\n")
    with pytest.raises(InsecureUrlError):
        connection.settings(Flags(profile="production"), environment, interactive=False)


def test_a_file_that_it_names_is_relative_to_it(environment: dict[str, str], config: Path) -> None:
    assert profile.read("production", environment)["client_secret_file"] == str(config.parent / "secret")


def test_it_is_not_read_where_no_profile_is_asked_for(config: Path, environment: dict[str, str]) -> None:
    config.write_text("not TOML")
    more = {"KC2FA_SERVER_URL": "https://a.example", "KC2FA_REALM": "a", "KC2FA_USERNAME": "b", "KC2FA_PASSWORD": "c"}
    assert connection.settings(Flags(), environment | more, interactive=False).realm == "a"


# --- what is refused


@pytest.mark.parametrize(
    "key",
    ["client_secret", "password", "otp", "token", "access_token", "CLIENT_SECRET", "clientSecret", "passwd", "api_key"],
)
def test_a_secret_is_refused(config: Path, key: str) -> None:
    error = refused(config, f'{PRODUCTION}{key} = "s3cr3t"\n')
    assert (key in error.message, "client_secret_file" in error.hint) == (True, True)
    assert "s3cr3t" not in error.message + error.hint


def test_a_secret_of_another_profile_is_refused(config: Path) -> None:
    assert "password" in refused(config, f'{PRODUCTION}[profiles.other]\npassword = "s3cr3t"\n').message


def test_a_secret_outside_the_profiles_is_refused(config: Path) -> None:
    assert "password" in refused(config, f'password = "s3cr3t"\n{PRODUCTION}').message


@pytest.mark.parametrize(("key", "meant"), [("server-url", "server_url"), ("relam", "realm"), ("ca_fiel", "ca_file")])
def test_an_unknown_key_is_refused_with_the_near_miss(config: Path, key: str, meant: str) -> None:
    error = refused(config, f'{PRODUCTION}{key} = "x"\n')
    assert (key in error.message, error.hint.startswith(f"Did you mean {meant}?")) == (True, True)


def test_an_unknown_key_that_is_near_to_none_is_told_all(config: Path) -> None:
    assert "server_url, realm" in refused(config, f'{PRODUCTION}zzz = "x"\n').hint


@pytest.mark.parametrize(
    "line", ["realm = 5", "concurrency = true", 'concurrency = "16"', 'allow_http = "yes"', "realm = []"]
)
def test_a_value_of_another_type_is_refused(config: Path, line: str) -> None:
    error = refused(config, f"[profiles.production]\n{line}\n")
    assert line.partition(" ")[0] in error.message


@pytest.mark.parametrize("line", ["concurrency = 0", "concurrency = 257", "retry_timeout = -1", 'engine = "steam"'])
def test_a_value_that_cannot_be_is_named_with_its_profile(config: Path, environment: dict[str, str], line: str) -> None:
    kept = "\n".join(each for each in PRODUCTION.splitlines() if each.partition(" ")[0] != line.partition(" ")[0])
    config.write_text(f"{kept}\n{line}\n")
    with pytest.raises(UsageError, match=f"{line.partition(' ')[0]} in profile 'production'"):
        connection.settings(Flags(profile="production"), environment, interactive=False)


def test_an_unknown_profile_names_those_that_there_are(config: Path) -> None:
    error = refused(config, PRODUCTION + "[profiles.staging]\n", "prodution")
    assert "'production', 'staging'" in error.hint


def test_no_profile_at_all_is_said(config: Path) -> None:
    assert "none" in refused(config, "").hint


def test_what_is_no_toml_is_refused_with_its_line_and_without_its_text(config: Path) -> None:
    error = refused(config, "[profiles.production]\nclient_secret: s3cr3t\n")
    assert isinstance(error, BadFileError)
    assert "at line 2" in error.message
    assert "s3cr3t" not in error.message + error.hint


def test_what_is_no_text_is_refused(config: Path) -> None:
    config.write_bytes(b"\xff\xfe")
    with pytest.raises(BadFileError):
        profile.read("production", {"XDG_CONFIG_HOME": str(config.parents[1])})


@pytest.mark.parametrize("text", ['profiles = "production"', "[profiles]\nproduction = 1", "[[profiles]]\nrealm = 'x'"])
def test_profiles_that_are_no_tables_are_refused(config: Path, text: str) -> None:
    assert "tables" in refused(config, text).message


def test_a_key_outside_the_profiles_is_refused(config: Path) -> None:
    assert "'realm'" in refused(config, f'realm = "x"\n{PRODUCTION}').message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="No such file or directory"):
        profile.read("production", {"XDG_CONFIG_HOME": str(tmp_path)})
