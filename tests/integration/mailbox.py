"""A mail server on loopback that keeps what it is given."""

import email
import email.policy
import re
import socketserver
import threading
import time
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self


class Mailbox:
    """Takes every mail (RFC 5321, as much of it as Keycloak speaks). Use it as a context manager."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(self.mails))
        self._server.daemon_threads = True

    @property
    def settings(self) -> dict[str, Any]:
        """The `smtpServer` of a realm that sends its mail here."""
        return {"host": "127.0.0.1", "port": str(self._server.server_address[1]), "from": "keycloak@example.org"}

    def link_to(self, address: str) -> str:
        """The action link in the newest mail to an address; waits for it up to ten seconds."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for mail in reversed(self.mails):
                if mail["To"] == address:
                    self.mails.remove(mail)
                    body = mail.get_body(("plain",))
                    assert body is not None
                    return re.findall(r"http\S+/login-actions/action-token\S+", body.get_content())[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(mails: list[EmailMessage]) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                match line[:4].upper():
                    case b"DATA":
                        self._say("354 go on")
                        parsed = email.message_from_bytes(self._mail(), policy=email.policy.default)
                        assert isinstance(parsed, EmailMessage)
                        mails.append(parsed)
                        self._say("250 kept")
                    case b"QUIT":
                        self._say("221 bye")
                        return
                    case _:
                        self._say("250 fine")

        def _mail(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line.removeprefix(b"."))
            return b"".join(lines)

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    return Handler
