"""The rules of docs/proxy.md, each in the real proxy before a Keycloak without the extension."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.attacks.window import Got, Window
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm
from tests.integration.windows import APP
from tests.server import Keycloak

from embedded_keycloak.ports import free_ports
from keycloak_2fa.login.pages import SetUpTotp

DOCS = (Path(__file__).parents[2] / "docs" / "proxy.md").read_text(encoding="utf-8")
ASKS = {"clientId": "asks", "publicClient": True, "redirectUris": [APP], "consentRequired": True}
PATHS = [
    "consent",
    "consent/",
    "consent;a=b",
    "%63onsent",
    "/consent",
    "./consent",
    "x/../consent",
    "consent/../consent",
    "consent/%2e%2e/consent",
    "consent;/../consent",
    "../login-actions;a=b/consent",
    "../login%2dactions/consent",
]
"""Spellings of one path; it is Keycloak's matter which of them it knows, and a rule must hold for those."""


MULTIPART = '--b\r\nContent-Disposition: form-data; name="accept"\r\n\r\nYes\r\n--b--\r\n'


@dataclass(frozen=True)
class Front:
    """A Keycloak as it is reached through the proxy."""

    url: str
    username: str
    password: str
    consent_works: bool


def nginx(port: int, upstream: str, folder: Path) -> tuple[str, list[str]]:
    """The rule in as little of a configuration as nginx takes."""
    in_http, in_server = blocks("nginx")
    paths = "".join(f"{kind}_temp_path {folder};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    buffers = "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 64k;"
    configuration = f"""
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off; {paths} {buffers}
    upstream keycloak {{ server {upstream}; }}
    {in_http}
    server {{
        listen 127.0.0.1:{port};
        {in_server}
        location / {{ proxy_set_header Host $http_host; proxy_pass http://keycloak; }}
    }}
}}
"""
    return configuration, ["nginx", "-c"]


def haproxy(port: int, upstream: str, folder: Path) -> tuple[str, list[str]]:
    """The rule in as little of a configuration as HAProxy takes."""
    [rule] = blocks("haproxy")
    configuration = f"""
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend people
    bind 127.0.0.1:{port}
    {rule}
    default_backend keycloak
backend keycloak
    server one {upstream}
"""
    return configuration, ["haproxy", "-f"]


def traefik(port: int, upstream: str, folder: Path) -> tuple[str, list[str]]:
    """The rule in as little of a configuration as Traefik takes."""
    [rule] = blocks("yaml")
    dynamic = folder / "dynamic.yml"
    everything = 'keycloak: {rule: "PathPrefix(`/`)", service: keycloak}'
    servers = f"services: {{keycloak: {{loadBalancer: {{servers: [{{url: 'http://{upstream}'}}]}}}}}}"
    dynamic.write_text(rule.replace("  routers:\n", f"  {servers}\n  routers:\n    {everything}\n"), encoding="utf-8")
    configuration = f"""
entryPoints: {{people: {{address: "127.0.0.1:{port}"}}}}
providers: {{file: {{filename: "{dynamic}"}}}}
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
"""
    return configuration, ["traefik", "--configFile"]


def blocks(language: str) -> list[str]:
    """What the page has users write."""
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@contextmanager
def running(make: Callable[..., tuple[str, list[str]]], keycloak: Keycloak, folder: Path) -> Iterator[Front]:
    """The proxy before the server, until it is not needed."""
    [port] = free_ports(1)
    configuration, command = make(port, urlsplit(keycloak.url).netloc, folder)
    file = folder / "proxy.yml"
    file.write_text(configuration, encoding="utf-8")
    if shutil.which(command[0]) is None:
        missing = f"{command[0]} is not installed"
        # No distribution has a package of Traefik.
        if os.environ.get("KC2FA_REQUIRE_PROXIES") == "1" and make is not traefik:
            pytest.fail(missing)
        pytest.skip(missing)
    with (folder / "output").open("w") as output, subprocess.Popen([*command, str(file)], stderr=output) as program:
        until = time.monotonic() + 20
        while not answers(port) and time.monotonic() < until:
            assert program.poll() is None, (folder / "output").read_text()
            time.sleep(0.05)
        yield Front(f"http://127.0.0.1:{port}", keycloak.username, keycloak.password, make is nginx)
        program.terminate()


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as to:
        return to.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module", params=[nginx, haproxy, traefik], ids=["nginx", "haproxy", "traefik"])
def front(
    request: pytest.FixtureRequest, keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    with running(request.param, keycloak, tmp_path_factory.mktemp("proxy")) as there:
        yield there


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    realm = make_realm(*(windows.user(f"lazy-{number}") for number in range(2)))
    realm.post("clients", windows.APP_CLIENT)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


@pytest.fixture
def at_set_up(front: Front, realm: Realm) -> Window:
    """A window that shows the set-up page."""
    window = Window(front, realm)
    window.open()
    assert isinstance(window.log_in("lazy-0"), SetUpTotp)
    return window


def test_the_set_up_page_cannot_be_skipped(at_set_up: Window) -> None:
    at_set_up.skip(at_set_up.page)
    assert at_set_up.saw().got is not Got.LET_IN


def test_it_can_where_there_is_no_rule(keycloak: Keycloak, realm: Realm) -> None:
    window = Window(keycloak, realm)
    window.open()
    window.log_in("lazy-1")
    window.skip_by("consent", "accept=Yes&code={code}")
    assert "code" in window.landed


@pytest.mark.parametrize("path", PATHS)
def test_nor_by_another_spelling_of_the_path(at_set_up: Window, path: str) -> None:
    at_set_up.skip_by(path)
    assert not at_set_up.landed


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("accept=Yes", "text/plain"),
        ("accept=Yes", "application/x-www-form-urlencoded; charset=utf-16"),
        ("code=a&accept=Yes", "application/x-www-form-urlencoded"),
        ("code={code}&accept=Yes", "application/x-www-form-urlencoded"),
        ("code=&session_code=&accept=Yes", "application/x-www-form-urlencoded"),
        ("accept=Yes&code={code}", "application/x-www-form-urlencoded"),
        (f"accept=Yes&x={'x' * 12_000}", "application/x-www-form-urlencoded"),
        (f"code={{code}}&x={'x' * 40_000}", "application/x-www-form-urlencoded"),
        (
            '--b\r\nContent-Disposition: form-data; name="accept"\r\n\r\nYes\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_nor_by_another_body(at_set_up: Window, body: str, kind: str) -> None:
    at_set_up.skip_by("consent", body, kind)
    assert not at_set_up.landed


@pytest.fixture
def at_consent(front: Front, make_realm: MakeRealm) -> Window:
    """A window of somebody of whom nothing but consent is due."""
    realm = make_realm(windows.user("alice"))
    realm.post("clients", ASKS)
    window = Window(front, realm, "asks")
    window.open()
    window.log_in("alice")
    assert "kc-oauth" in window.html
    return window


def test_yes_on_a_consent_page(at_consent: Window, front: Front) -> None:
    at_consent.submit(accept="")
    assert (at_consent.saw().got is Got.LET_IN) is front.consent_works


def test_no_on_a_consent_page(at_consent: Window, front: Front) -> None:
    at_consent.submit(cancel="")
    assert (at_consent.landed.get("error") == "access_denied") is front.consent_works


def test_prove_through_the_proxy(front: Front, realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("prove", "--json", realm=realm, KC2FA_SERVER_URL=front.url)
    assert (run.exit, run.data["holds"]) == (0, True), run.stdout
