"""A fixture for pytest: one real Keycloak for the whole run.

Switch it on in a `conftest.py`: `pytest_plugins = ["embedded_keycloak.pytest_plugin"]`.
"""

from collections.abc import Iterator

import pytest

from embedded_keycloak.home import LONG_RUN
from embedded_keycloak.server import EmbeddedKeycloak


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which Keycloak the fixture starts."""
    group = parser.getgroup("embedded Keycloak")
    group.addoption("--embedded-keycloak-version", metavar="VERSION", help="as in 26.5.6 (the pinned one)")


@pytest.fixture(scope="session")
def embedded_keycloak(request: pytest.FixtureRequest) -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with the realm master and one admin. With pytest-xdist each worker has its own."""
    version = request.config.getoption("--embedded-keycloak-version")
    with EmbeddedKeycloak(version, java_options=LONG_RUN) as server:
        yield server
