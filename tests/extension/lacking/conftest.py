"""A Keycloak from which one class is gone, as a later version may lack it, with the same jar."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak
from embedded_keycloak.distribution import VERSION, archive
from embedded_keycloak.server import default_cache
from embedded_keycloak.unpack import unpack

# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]

GONE = "org.keycloak.authentication.otp.MicrosoftAuthenticatorOTPProvider"


def take_class_out(jar: Path, name: str) -> None:
    """Remove a class, and its line in the lists of providers, from one of Keycloak's jars."""
    entry = name.replace(".", "/") + ".class"
    rewritten = jar.with_suffix(".rewritten")
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new:
        assert entry in old.namelist()
        for info in old.infolist():
            content = old.read(info)
            if info.filename == entry:
                continue
            if info.filename.startswith("META-INF/services/") and name.encode() in content:
                content = b"\n".join(line for line in content.splitlines() if line.strip() != name.encode())
            new.writestr(info, content)
    rewritten.replace(jar)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked Keycloak without the class."""
    folder = tmp_path_factory.mktemp("lacking")
    home = unpack(archive(VERSION, default_cache(), folder), folder / "home")
    (services,) = (home / "lib" / "lib" / "main").glob("org.keycloak.keycloak-services-*.jar")
    take_class_out(services, GONE)
    return home


@pytest.fixture(scope="session")
def keycloak(home: Path, jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKeycloak]:
    """That Keycloak, running with the extension."""
    cache = tmp_path_factory.mktemp("cache")
    with ExitStack() as stack:
        # Only while this one starts: the servers of other tests are whole.
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("KC2FA_KEYCLOAK_HOME", str(home))
            server = stack.enter_context(EmbeddedKeycloak(providers=[jar], java_options=LONG_RUN, cache=cache))
        yield server
    shutil.rmtree(cache, ignore_errors=True)
