"""What is elsewhere: the phone that Keycloak asks by CIBA, and a social network that people log in by."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit


class Elsewhere:
    """A small server on loopback that says yes to everybody.

    Attributes:
        approvals: The bearer token by which each CIBA login may be approved (Keycloak's HTTP authentication channel).
    """

    def __init__(self) -> None:
        self.approvals: list[str] = []
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's
                self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/login/oauth/access_token":
                    self._answer(200, "access_token=theirs&token_type=bearer", "application/x-www-form-urlencoded")
                else:
                    elsewhere.approvals.append(self.headers["Authorization"])
                    self._answer(201)

            def do_GET(self) -> None:  # the library's
                asked = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(asked.query).items()}
                if asked.path == "/login/oauth/authorize":
                    back = urlencode({"code": "theirs", "state": query["state"]})
                    self._answer(302, location=f"{query['redirect_uri']}?{back}")
                else:
                    user = {"id": 42, "login": "octavia", "email": "octavia@example.org", "name": "Octavia"}
                    self._answer(200, json.dumps(user), "application/json")

            def _answer(self, status: int, body: str = "", kind: str = "text/plain", location: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
