"""Three columns, two servers of a version: one without the extension, one with it."""

from collections.abc import Iterator

import pytest
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.ground import Column, Ground
from tests.attacks.table import Book
from tests.extension.conftest import jar
from tests.integration.command import Kc2fa
from tests.integration.conftest import admin, kc2fa, make_realm
from tests.integration.realms import MakeRealm
from tests.mail import Mailbox

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak

# Named here, or pytest would keep those that were made for another server.
__all__ = ["admin", "jar", "kc2fa", "make_realm"]

FEATURES = "docker,token-exchange"
"""Off in a Keycloak as it comes; some ways need them."""
OF_THE_NEWEST = "oid4vc-vci,oid4vc-vci-preauth-code,oid4vc-vci-rest-credential-offer"
"""Experimental, and not known to every supported Keycloak."""
CHANNEL = "--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri"


@pytest.fixture(scope="session")
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    """What the walks of this run saw; the page where it is to be written."""
    seen = Book(writing=request.config.getoption("--write-ways"))
    yield seen
    if seen.writing:
        seen.write()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as there:
        yield there


@pytest.fixture(scope="session")
def keycloak(request: pytest.FixtureRequest, elsewhere: Elsewhere) -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak of some version, without or with the extension."""
    version, extension = request.param
    providers = [request.getfixturevalue("jar")] if extension else []
    features = FEATURES if version else f"{FEATURES},{OF_THE_NEWEST}"
    arguments = [f"{CHANNEL}={elsewhere.url}/"]
    with EmbeddedKeycloak(
        version,
        providers=providers,
        build_options=[f"--features={features}"],
        server_args=arguments,
        java_options=LONG_RUN,
    ) as server:
        yield server


@pytest.fixture(scope="session")
def ground(
    request: pytest.FixtureRequest,
    keycloak: EmbeddedKeycloak,
    make_realm: MakeRealm,
    kc2fa: Kc2fa,
    mailbox: Mailbox,
    elsewhere: Elsewhere,
) -> Ground:
    return Ground(keycloak, Column(request.param), make_realm, kc2fa, mailbox, elsewhere)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that needs ground to walk on gets each column, on each version that its module names."""
    if "ground" in metafunc.fixturenames:
        cases = [
            pytest.param((version, column is not Column.PLAIN), column, id="-".join(filter(None, [version, column])))
            for version in getattr(metafunc.module, "VERSIONS", [None])
            for column in Column
        ]
        metafunc.parametrize(("keycloak", "ground"), cases, indirect=True, scope="session")
