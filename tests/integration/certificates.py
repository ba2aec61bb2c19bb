"""Certificates for tests: a CA, and what it signs."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_AUTHORITY = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA of the tests")])
_SERVER = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server")])


class Authority:
    """A CA that nobody trusts.

    Args:
        folder: Where it writes its files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        is_ca = x509.BasicConstraints(ca=True, path_length=None)
        certificate = _builder(_AUTHORITY, self._key, -9, 9).issuer_name(_AUTHORITY).add_extension(is_ca, critical=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(_signed(certificate, self._key))

    def context(
        self, names: Sequence[x509.GeneralName], *, since: int = -1, until: int = 1, self_signed: bool = False
    ) -> tuple[ssl.SSLContext, Path]:
        """What a server with a certificate needs, and the file of that certificate.

        Args:
            names: Whom it is for.
            since: Days from now on which its time begins.
            until: Days from now on which its time ends.
            self_signed: Whether it is signed by itself.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, by = (_SERVER, key) if self_signed else (_AUTHORITY, self._key)
        builder = _builder(_SERVER, key, since, until).issuer_name(issuer)
        file, private = self._folder / "server.pem", self._folder / "server.key"
        file.write_bytes(_signed(builder.add_extension(x509.SubjectAlternativeName(names), critical=False), by))
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        private.write_bytes(key.private_bytes(*form))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file, private)
        return context, file


def _builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey, since: int, until: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    days = now + timedelta(days=since), now + timedelta(days=until)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(days[0]).not_valid_after(days[1])


def _signed(certificate: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
