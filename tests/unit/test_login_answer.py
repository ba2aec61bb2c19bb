"""A 200 of the token endpoint that holds no token: the one who answers is not Keycloak. A bug of ours is a bug."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from keycloak import KeycloakOpenID

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import NotKeycloakError
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

GOOD = b'{"access_token": "a.b.c", "expires_in": 60}'


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[AdminApi]:
    """A connection to a server on loopback that answers every request with 200 and the body that the test gives."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(request.param)))
            self.end_headers()
            self.wfile.write(request.param)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url, who = f"http://127.0.0.1:{server.server_port}", ServiceAccount("client", "secret")
            yield AdminApi(ConnectionSettings(url, "realm", "realm", who))
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "api",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"null",
        b"{}",
        b'{"access_token": "a.b.c"}',
        b'{"access_token": 1, "expires_in": 60}',
        b'{"access_token": "a.b.c", "expires_in": "soon"}',
    ],
    indirect=True,
)
def test_no_token_means_that_it_is_not_keycloak(api: AdminApi) -> None:
    with pytest.raises(NotKeycloakError):
        api.bearer()


@pytest.mark.parametrize("api", [GOOD], indirect=True)
def test_a_token_is_taken(api: AdminApi) -> None:
    assert api.bearer() == "a.b.c"


@pytest.mark.parametrize("api", [GOOD], indirect=True)
@pytest.mark.parametrize("bug", [TypeError, KeyError])
def test_a_bug_is_not_told_as_the_servers_fault(
    api: AdminApi, monkeypatch: pytest.MonkeyPatch, bug: type[Exception]
) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise bug

    monkeypatch.setattr(KeycloakOpenID, "token", broken)
    with pytest.raises(bug):
        api.bearer()
