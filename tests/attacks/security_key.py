"""A security key in software: what a browser sends when it registers one (W3C Web Authentication, 5.1.3 and 6.5.4)."""

import base64
import hashlib
import json
import re
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

_USER_PRESENT_WITH_KEY = 0x41
_ES256, _EC2, _P256 = -7, 2, 1


def registered(page: str, server_url: str) -> dict[str, str]:
    """The fields of the registration page, filled in.

    Args:
        page: The page, whose script holds the challenge.
        server_url: Where it came from.
    """
    parts = urlsplit(server_url)
    challenge = re.search(r"challenge\"?\s*:\s*['\"]([\w-]+)", page)
    assert challenge, page
    client_data = {
        "type": "webauthn.create",
        "challenge": challenge[1],
        "origin": f"{parts.scheme}://{parts.netloc}",
    }
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {1: _EC2, 3: _ES256, -1: _P256, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    credential = secrets.token_bytes(16)
    domain = hashlib.sha256((parts.hostname or "").encode()).digest()
    data = domain + bytes([_USER_PRESENT_WITH_KEY]) + bytes(4) + bytes(16) + len(credential).to_bytes(2, "big")
    attestation = {"fmt": "none", "attStmt": {}, "authData": data + credential + _cbor(key)}
    return {
        "clientDataJSON": _base64(json.dumps(client_data).encode()),
        "attestationObject": _base64(_cbor(attestation)),
        "publicKeyCredentialId": _base64(credential),
        "authenticatorLabel": "Mine",
        "transports": "usb",
    }


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _cbor(value: object) -> bytes:
    """As much of RFC 8949 as a registration takes."""
    match value:
        case int() if value >= 0:
            return _head(0, value)
        case int():
            return _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case dict():
            return _head(5, len(value)) + b"".join(_cbor(k) + _cbor(v) for k, v in value.items())
    raise TypeError(value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    return bytes([kind << 5 | 24, number]) if number < 256 else bytes([kind << 5 | 25]) + number.to_bytes(2, "big")
