"""The first request does not reach Keycloak: each reason has its own sentence, and says what to do."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from tests.integration.certificates import Authority
from tests.integration.command import Kc2fa, Run
from tests.integration.faults import Proxy, proxy
from tests.integration.realms import MakeRealm, Realm
from tests.server import Keycloak

Tls = Callable[[ssl.SSLContext], Proxy]
HERE: list[x509.GeneralName] = [x509.IPAddress(ip_address("127.0.0.1"))]
ELSEWHERE: list[x509.GeneralName] = [x509.DNSName("id.example.org")]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that is only looked at."""
    return make_realm()


@pytest.fixture
def status(kc2fa: Kc2fa, realm: Realm) -> Callable[..., Run]:
    """Runs `kc2fa status` with a server URL."""

    def run(url: str, *arguments: str) -> Run:
        return kc2fa("status", "--json", "--server-url", url, *arguments, realm=realm)

    return run


@pytest.fixture
def tls(keycloak: Keycloak) -> Iterator[Tls]:
    """Puts a TLS server before Keycloak."""
    with ExitStack() as opened:
        yield lambda context: opened.enter_context(proxy(keycloak.url, tls=context))


def urls(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


class TestCertificates:
    @pytest.mark.parametrize(
        ("names", "more", "said"),
        [
            (HERE, {"since": -9, "until": -1}, "has expired"),
            (HERE, {"since": 1, "until": 9}, "is not valid yet"),
            (ELSEWHERE, {}, "is for another host, not for 127.0.0.1"),
        ],
    )
    def test_of_a_trusted_ca(
        self,
        authority: Authority,
        tls: Tls,
        status: Callable[..., Run],
        names: list[x509.GeneralName],
        more: dict[str, int],
        said: str,
    ) -> None:
        context, _ = authority.context(names, **more)
        run = status(tls(context).url, "--ca-file", str(authority.file))
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert said in run.error["message"]
        assert "--ca-file" not in run.error["hint"]

    def test_of_a_ca_that_is_not_trusted(self, authority: Authority, tls: Tls, status: Callable[..., Run]) -> None:
        context, _ = authority.context(HERE)
        run = status(tls(context).url)
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert "a CA that this machine does not trust" in run.error["message"]
        assert "--ca-file" in run.error["hint"]

    def test_of_another_ca_than_the_one_given(
        self, authority: Authority, tls: Tls, status: Callable[..., Run], tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = Authority(tmp_path / "other")
        context, _ = authority.context(HERE)
        run = status(tls(context).url, "--ca-file", str(other.file))
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert f"a CA that is not in {other.file}" in run.error["message"]

    def test_that_signed_themselves(self, authority: Authority, tls: Tls, status: Callable[..., Run]) -> None:
        context, _ = authority.context(HERE, self_signed=True)
        run = status(tls(context).url)
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert ("self-signed" in run.error["message"], "--ca-file" in run.error["hint"]) == (True, True)

    def test_that_signed_themselves_and_are_named(
        self, authority: Authority, tls: Tls, status: Callable[..., Run]
    ) -> None:
        context, file = authority.context(HERE, self_signed=True)
        assert status(tls(context).url, "--ca-file", str(file)).exit == 0

    def test_that_are_right(self, authority: Authority, tls: Tls, status: Callable[..., Run]) -> None:
        context, _ = authority.context(HERE)
        assert status(tls(context).url, "--ca-file", str(authority.file)).exit == 0


class TestTheWrongPort:
    def test_https_where_keycloak_speaks_http(self, keycloak: Keycloak, status: Callable[..., Run]) -> None:
        run = status(keycloak.url.replace("http:", "https:"))
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert "speaks plain http on this port" in run.error["message"]
        assert "CA" not in run.error["message"] + run.error["hint"]

    def test_http_where_the_server_speaks_https(
        self, authority: Authority, tls: Tls, status: Callable[..., Run]
    ) -> None:
        context, _ = authority.context(HERE)
        run = status(tls(context).url.replace("https:", "http:"))
        assert (run.exit, run.error["code"]) == (4, "unreachable")
        assert "speaks https on this port" in run.error["message"]


class TestAnAddressThatIsNotTheBaseUrl:
    @pytest.mark.parametrize(
        "path", ["/auth", "/admin", "/admin/", "/admin/master/console", "/admin/master/console/", "/realms/master"]
    )
    def test_the_base_url_is_given(self, keycloak: Keycloak, status: Callable[..., Run], path: str) -> None:
        run = status(keycloak.url + path)
        assert (run.exit, run.error["code"]) == (4, "not-keycloak")
        assert urls(run.error["hint"]) == [keycloak.url]

    def test_also_with_a_prefix(self, keycloak: Keycloak, status: Callable[..., Run]) -> None:
        # Given a Keycloak under /auth
        with proxy(keycloak.url, prefix="/auth") as between:
            run = status(between.url)
        assert urls(run.error["hint"]) == [f"{between.url}/auth"]

    def test_a_wrong_secret_at_the_base_url_stays_that(self, kc2fa: Kc2fa, realm: Realm) -> None:
        run = kc2fa("status", "--json", realm=realm, KC2FA_CLIENT_SECRET="wrong")
        assert (run.exit, run.error["code"]) == (3, "login-refused")
