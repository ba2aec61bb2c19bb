"""Why the first request did not reach Keycloak, found out so that the error can say what to do."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests

from keycloak_2fa import base_url
from keycloak_2fa.api import endpoints
from keycloak_2fa.errors import Error, LoginRefusedError, NotKeycloakError, UnreachableError
from keycloak_2fa.settings import ConnectionSettings, is_loopback

_PROBE_SECONDS = 5

# OpenSSL's codes (X509_V_ERR_..., as in the match below): its texts are for people.
_OTHER_HOST = frozenset({62, 64})

_CLOCK = "Renew it on the server, or set this machine's clock if that is wrong."


def tls_failure(url: str, fault: BaseException, ca_file: Path | None = None) -> UnreachableError:
    """Explain why no TLS connection came about.

    Args:
        url: The base URL.
        fault: What requests raised.
        ca_file: The PEM bundle that the user gave.
    """
    cause = next((each for each in _chain(fault) if isinstance(each, ssl.SSLCertVerificationError)), None)
    if cause is None:
        return _no_tls(url, fault)
    certificate, host = f"The certificate of {url}", urlsplit(url).hostname
    match cause.verify_code:
        case 10:
            return UnreachableError(f"{certificate} has expired.", _CLOCK)
        case 9:
            return UnreachableError(f"{certificate} is not valid yet.", _CLOCK)
        case code if code in _OTHER_HOST:
            return UnreachableError(
                f"{certificate} is for another host, not for {host}.",
                "Use a host name of the certificate in the server URL, or give the server a certificate for this name.",
            )
        case 18:
            return UnreachableError(
                f"{certificate} is self-signed and not trusted.",
                "Give that certificate, as a PEM file, with --ca-file.",
            )
        case _:
            where = f"is not in {ca_file}" if ca_file else "this machine does not trust"
            return UnreachableError(
                f"{certificate} is signed by a CA that {where}.",
                "Give the CA's certificate, as a PEM file, with --ca-file.",
            )


def no_answer(url: str) -> UnreachableError:
    """Explain why a server gives no answer: it is not there, or it speaks TLS where the URL says http."""
    parts = urlsplit(url)
    if parts.scheme == "http" and _speaks_tls(parts):
        return _tls_expected(url)
    return UnreachableError(
        f"Nothing answers at {url}.", "Check the server URL, and that the server is running and reachable."
    )


def no_login(settings: ConnectionSettings, error: Error, ca_file: str) -> Error:
    """Explain a login that ended with an error, where the URL is what is wrong.

    Args:
        settings: Of the connection.
        error: What the answer stands for.
        ca_file: The PEM bundle that is trusted.

    Returns:
        An error that gives the base URL that would work, or else the one that was given.
    """
    url = settings.server_url
    looks_wrong = base_url.trimmed(url) != url and isinstance(error, LoginRefusedError)
    if not isinstance(error, NotKeycloakError) and not looks_wrong:
        return error
    parts = urlsplit(url)
    if parts.scheme == "http" and _speaks_tls(parts):
        return _tls_expected(url)
    for candidate in base_url.candidates(url):
        if _is_keycloak(candidate, settings.auth_realm, ca_file):
            return NotKeycloakError(
                f"{url} is not the base URL of Keycloak.",
                f"Give {candidate} as the server URL: Keycloak answers there.",
            )
    return error


def _no_tls(url: str, fault: BaseException) -> UnreachableError:
    parts = urlsplit(url)
    if _speaks_http(parts):
        flag = "" if is_loopback(parts.hostname or "") else ", with --allow-http if you trust the network"
        return UnreachableError(
            f"The server at {url} speaks plain http on this port, not https.",
            f"Give the port that speaks https, or http:// instead of https://{flag}.",
        )
    reason = next(
        (each.reason for each in _chain(fault) if isinstance(each, ssl.SSLError) and each.reason), "no reason"
    )
    return UnreachableError(
        f"No TLS connection to {url} is possible ({reason}).",
        "Check the port in the server URL, and the TLS settings of the server.",
    )


def _tls_expected(url: str) -> UnreachableError:
    return UnreachableError(
        f"The server at {url} speaks https on this port, not plain http.",
        "Give the server URL with https:// instead of http://.",
    )


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """A fault and those that it wraps: requests and urllib3 keep them in different places."""
    waiting: list[Any] = [fault]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]


def _speaks_tls(parts: SplitResult) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing is sent by it: whether there is TLS at all is the question.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with _connected(parts) as plain, context.wrap_socket(plain, server_hostname=parts.hostname):
            return True
    except (OSError, ValueError):
        return False


def _speaks_http(parts: SplitResult) -> bool:
    try:
        with _connected(parts) as plain:
            plain.sendall(f"HEAD / HTTP/1.1\r\nHost: {parts.hostname}\r\nConnection: close\r\n\r\n".encode())
            return plain.recv(5) == b"HTTP/"
    except (OSError, ValueError):
        return False


def _connected(parts: SplitResult) -> socket.socket:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return socket.create_connection((parts.hostname or "", port), timeout=_PROBE_SECONDS)


def _is_keycloak(url: str, realm: str, ca_file: str) -> bool:
    """Whether the realm to log in to describes itself below a URL, as OpenID Connect Discovery has it."""
    try:
        answer = requests.get(
            f"{url}/realms/{endpoints.segment(realm)}/.well-known/openid-configuration",
            timeout=_PROBE_SECONDS,
            verify=ca_file,
            allow_redirects=False,
        )
        return answer.status_code == requests.codes.ok and "token_endpoint" in answer.json()
    except (requests.RequestException, ValueError, TypeError):
        return False
