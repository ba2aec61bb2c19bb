"""What counts as a base URL, and that credentials keep their secrets to themselves."""

import pytest

from keycloak_2fa.errors import BadUrlError, InsecureUrlError
from keycloak_2fa.settings import AdminUser, ConnectionSettings, ServiceAccount, server_url

SECRET = "s3cr3t-never-shown"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("https://id.example.org", "https://id.example.org", id="as it should be"),
        pytest.param("https://id.example.org/", "https://id.example.org", id="a trailing slash"),
        pytest.param("https://id.example.org///", "https://id.example.org", id="many trailing slashes"),
        pytest.param("https://id.example.org/auth", "https://id.example.org/auth", id="a path prefix"),
        pytest.param("https://id.example.org/auth//", "https://id.example.org/auth", id="prefix and slashes"),
        pytest.param("https://id.example.org/sso/auth/", "https://id.example.org/sso/auth", id="a long prefix"),
        pytest.param("  https://id.example.org\n", "https://id.example.org", id="white space around it"),
        pytest.param("HTTPS://id.example.org", "https://id.example.org", id="a scheme in capitals"),
        pytest.param("https://id.example.org:8443/", "https://id.example.org:8443", id="a port"),
        pytest.param("https://id.example.org?", "https://id.example.org", id="an empty query"),
        pytest.param("https://id.example.org#", "https://id.example.org", id="an empty fragment"),
        pytest.param("https://[2001:db8::1]:8443/auth", "https://[2001:db8::1]:8443/auth", id="IPv6"),
    ],
)
def test_a_good_url_is_brought_to_one_form(given: str, expected: str) -> None:
    assert server_url(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "http://localhost",
        "http://localhost:8080/auth",
        "http://LOCALHOST:8080",
        "http://keycloak.localhost",
        "http://127.0.0.1:8080",
        "http://127.8.9.1",
        "http://[::1]",
        "http://[::1]:8080/auth",
    ],
)
def test_plain_http_to_this_machine_is_accepted(given: str) -> None:
    assert server_url(given) == given


@pytest.mark.parametrize(
    "given",
    [
        "http://id.example.org",
        "http://10.0.0.1:8080",
        "http://0.0.0.0:8080",
        "http://[2001:db8::1]",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://notlocalhost",
        "http://128.0.0.1",
    ],
)
def test_plain_http_to_another_machine_is_refused(given: str) -> None:
    with pytest.raises(InsecureUrlError):
        server_url(given)


def test_plain_http_is_accepted_when_it_is_asked_for() -> None:
    assert server_url("http://id.example.org/auth/", allow_http=True) == "http://id.example.org/auth"


def test_the_refusal_of_plain_http_names_the_flag_that_accepts_it() -> None:
    with pytest.raises(InsecureUrlError) as refused:
        server_url("http://id.example.org")

    assert "--allow-http" in refused.value.hint


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="white space"),
        pytest.param("id.example.org", id="no scheme"),
        pytest.param("id.example.org:8443", id="a port and no scheme"),
        pytest.param("//id.example.org", id="an empty scheme"),
        pytest.param("ftp://id.example.org", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///auth", id="a path and no host"),
        pytest.param("https://:8443", id="a port and no host"),
        pytest.param("https://id.example.org:65536", id="a port too high"),
        pytest.param("https://id.example.org:-1", id="a negative port"),
        pytest.param("https://id.example.org:https", id="a port that is no number"),
        pytest.param("https://[::1", id="an open bracket"),
        pytest.param("https://id.example.org?realm=x", id="a query"),
        pytest.param("https://id.example.org/#/realms", id="a fragment"),
        pytest.param("https://admin@id.example.org", id="a user name"),
        pytest.param("https://@id.example.org", id="an empty user name"),
        pytest.param(f"https://admin:{SECRET}@id.example.org", id="a login"),
    ],
)
def test_what_is_no_base_url_is_refused(given: str) -> None:
    with pytest.raises(BadUrlError):
        server_url(given)


def test_a_login_in_the_url_is_refused_on_this_machine_too() -> None:
    with pytest.raises(BadUrlError):
        server_url("http://admin@localhost")


def test_allowing_http_allows_no_other_scheme() -> None:
    with pytest.raises(BadUrlError):
        server_url("ftp://id.example.org", allow_http=True)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(f"https://admin:{SECRET}@id.example.org", id="well formed"),
        pytest.param(
            f"https://admin:{SECRET}/x@id.example.org",
            id="a slash in the password",
        ),
        pytest.param(
            f"https://admin:{SECRET}\N{CARE OF}@id.example.org",
            id="a character that NFKC splits",
        ),
    ],
)
def test_a_password_in_the_url_is_not_repeated(given: str) -> None:
    with pytest.raises(BadUrlError) as refused:
        server_url(given)

    assert SECRET not in f"{refused.value.message} {refused.value.hint}"


def test_a_host_cannot_pass_for_this_machine_by_a_backslash() -> None:
    with pytest.raises((BadUrlError, InsecureUrlError)):
        server_url("http://id.example.org\\.localhost")


@pytest.mark.parametrize(
    "credentials",
    [
        ServiceAccount("kc2fa", client_secret=SECRET),
        AdminUser("admin", password=SECRET),
        AdminUser("admin", password="x", otp=SECRET),
    ],
    ids=["client secret", "password", "one-time code"],
)
class TestASecretIsNotShown:
    def test_by_the_credentials(self, credentials: ServiceAccount | AdminUser) -> None:
        assert SECRET not in repr(credentials)

    def test_by_the_settings_that_hold_them(self, credentials: ServiceAccount | AdminUser) -> None:
        assert SECRET not in repr(ConnectionSettings("https://id.example.org", "r", "r", credentials))
