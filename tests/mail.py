"""A real mail server on loopback, and what it was given."""

from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded_keycloak.ports import free_ports
from keycloak_2fa.login.html import Document


class Mailbox:
    """Takes every mail that is sent to it. Keycloak sends before it answers, so nothing needs to be waited for."""

    def __init__(self) -> None:
        self._letters: list[tuple[str, EmailMessage]] = []
        self._server = Controller(self, hostname="127.0.0.1", port=free_ports(1)[0])

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  # aiosmtpd's
        letter = BytesParser(policy=default).parsebytes(envelope.original_content or b"")
        self._letters += [(to, letter) for to in envelope.rcpt_tos]
        return "250 OK"

    @property
    def settings(self) -> dict[str, Any]:
        """A realm's `smtpServer` that sends here."""
        return {"host": self._server.hostname, "port": str(self._server.port), "from": "keycloak@example.org"}

    def letters(self, to: str) -> list[EmailMessage]:
        """What somebody was sent, the oldest first."""
        return [letter for address, letter in self._letters if address == to]

    def text(self, to: str) -> str:
        """The plain text of the last mail to somebody."""
        return self._body(to, "plain")

    def link(self, to: str) -> str:
        """The link in the last mail to somebody."""
        [link] = Document(self._body(to, "html")).all("a")
        return link.attribute("href")

    def _body(self, to: str, subtype: Literal["plain", "html"]) -> str:
        part: Message | None = self.letters(to)[-1].get_body((subtype,))
        assert isinstance(part, EmailMessage)
        return str(part.get_content())
