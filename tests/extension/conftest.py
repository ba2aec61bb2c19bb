"""A real Keycloak with the extension in it, and the fixtures of `tests/integration` on that server."""

import fcntl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm, master

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak

__all__ = ["admin", "kc2fa", "make_realm", "master"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def jar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, built from the sources as they are; nothing is built where it is up to date."""
    with (tmp_path_factory.getbasetemp().parent / "extension.lock").open("w") as turn:
        # Several workers of pytest may come here at once.
        fcntl.flock(turn, fcntl.LOCK_EX)
        built = subprocess.run(["make", "extension"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return ROOT / "extension" / "target" / "keycloak-2fa-extension.jar"


@pytest.fixture(scope="session")
def keycloak(jar: Path) -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with the extension and an admin in its master realm."""
    with EmbeddedKeycloak(providers=[jar], java_options=LONG_RUN) as server:
        yield server
