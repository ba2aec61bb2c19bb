"""What a connection to Keycloak needs, checked before the first byte is sent."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from keycloak_2fa import base_url
from keycloak_2fa.errors import BadFileError, BadUrlError, InsecureUrlError

DEFAULT_CONCURRENCY = 16
"""Requests in flight at once; `bench/enforce.py --in-flight` tries others."""

DEFAULT_RETRY_TIMEOUT_SECONDS = 120.0
"""How long one request is tried again while the server is away; long enough for a restart."""


class EngineChoice(StrEnum):
    """What shall read and mark everybody."""

    AUTO = "auto"
    """The extension where the server has it, else the Admin API."""

    ADMIN_API = "admin-api"
    EXTENSION = "extension"


@dataclass(frozen=True)
class ServiceAccount:
    """A confidential client with a service account: the client_credentials grant."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class AdminUser:
    """A person who administers: the password grant of the built-in client `admin-cli`."""

    username: str
    password: str = field(repr=False)
    otp: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ConnectionSettings:
    """Where Keycloak is, which realm is acted on, and who acts.

    Attributes:
        server_url: Base URL with its path prefix, without a trailing slash; see `server_url`.
        realm: Name of the realm to act on, as people write it.
        auth_realm: Name of the realm to log in to.
        credentials: Who logs in.
        ca_file: PEM bundle to trust instead of the system's.
        concurrency: Requests in flight at once when people are read and written.
        retry_timeout: Seconds that one request is tried again while the server fails.
        engine: What shall read and mark everybody.
    """

    server_url: str
    realm: str
    auth_realm: str
    credentials: ServiceAccount | AdminUser
    ca_file: Path | None = None
    concurrency: int = DEFAULT_CONCURRENCY
    retry_timeout: float = DEFAULT_RETRY_TIMEOUT_SECONDS
    engine: EngineChoice = EngineChoice.AUTO


def server_url(text: str, *, allow_http: bool = False) -> str:
    """Check a base URL and bring it to one form.

    Args:
        text: What the user gave, such as `https://id.example.org/auth/`.
        allow_http: Accept plain http to a host that is not this machine.

    Returns:
        The URL without trailing slashes.

    Raises:
        BadUrlError: It is not an http(s) URL with a host, or it carries a login, a query or a fragment.
        InsecureUrlError: Plain http to anything but loopback: admin tokens would cross the network in clear.
    """
    example = "Give the base URL with its path prefix if any, such as https://id.example.org or .../auth."
    # What was given is never repeated: part of it may be a password.
    text = text.strip()
    if "\\" in text or any(not char.isprintable() or char.isspace() for char in text):
        raise BadUrlError("The server URL contains white space, a backslash or a control character.", example)
    try:
        url = urlsplit(text)
        host, _port = url.hostname, url.port
    except ValueError:
        raise BadUrlError("The server URL is not a URL.", example) from None
    if url.scheme not in {"http", "https"} or not host:
        raise BadUrlError("The server URL does not start with https:// (or http://) and a host.", example)
    if url.username is not None or url.password is not None:
        raise BadUrlError("The server URL contains a login.", "Give credentials by the environment or a file.")
    if url.query or url.fragment:
        base = base_url.trimmed(f"{url.scheme}://{url.netloc}{url.path}")
        is_page = base != f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"
        raise BadUrlError(
            "The server URL contains a query or a fragment.", f"Give the base URL: {base}." if is_page else example
        )
    if url.scheme == "http" and not allow_http and not is_loopback(host):
        raise InsecureUrlError(
            f"Plain http to {host} would send admin tokens over the network unencrypted.",
            "Use https, or --allow-http if you trust the network.",
        )
    return f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"


def check_ca_file(path: Path, named: str) -> Path:
    """Check that a file holds certificates to trust.

    Args:
        path: A PEM bundle.
        named: How the user named it, for the message.

    Raises:
        BadFileError: It cannot be read, or holds none.
    """
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:
        reason = "it contains no certificate" if isinstance(error, ssl.SSLError) else error
        raise BadFileError(
            f"{named} {path} cannot be used: {getattr(reason, 'strerror', None) or reason}.",
            "Name a PEM file with the certificate of the CA.",
        ) from None
    return path


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine (RFC 6761 reserves `localhost` for it)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
