"""A Keycloak with the extension that serves metrics."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak

# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


class MeasuredKeycloak(EmbeddedKeycloak):
    """One whose metrics endpoint can be found."""

    @property
    def metrics_url(self) -> str:
        """Where its metrics are."""
        return f"http://127.0.0.1:{self._management_port}/metrics"


@pytest.fixture(scope="session")
def keycloak(jar: Path) -> Iterator[MeasuredKeycloak]:
    """A running Keycloak with the extension, and metrics on."""
    options = ["--metrics-enabled=true"]
    with MeasuredKeycloak(providers=[jar], build_options=options, java_options=LONG_RUN) as server:
        yield server
