"""Keys for the realms of the tests: made once, since to make its keys is most of what a new realm costs a server."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

KIND = "org.keycloak.keys.KeyProvider"


def _rsa(provider: str, algorithm: str) -> dict[str, Any]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "name": provider,
        "providerId": provider,
        "config": {"priority": ["100"], "privateKey": [pem], "algorithm": [algorithm]},
    }


PROVIDERS = [
    _rsa("rsa", "RS256"),
    _rsa("rsa-enc", "RSA-OAEP"),
    {"name": "hmac", "providerId": "hmac-generated", "config": {"priority": ["100"], "algorithm": ["HS512"]}},
    {"name": "aes", "providerId": "aes-generated", "config": {"priority": ["100"]}},
]
"""The same kinds as Keycloak gives a realm by itself."""
