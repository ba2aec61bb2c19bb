"""A real Keycloak, started once for the whole run."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.mail import Mailbox
from tests.server import Keycloak
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

import keycloak_2fa
from embedded_keycloak import LONG_RUN, EmbeddedKeycloak
from embedded_keycloak.distribution import VERSION

# CI tries the same examples each time; a developer's run tries others. Timing belongs into bench/.
settings.register_profile("tests", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which Keycloak the tests run against."""
    group = parser.getgroup("Keycloak")
    group.addoption(
        "--keycloak",
        choices=["embedded", "container"],
        default="embedded",
        help="where it runs (embedded); in a container with PostgreSQL only `-m core` makes sense",
    )
    group.addoption("--write-ways", action="store_true", help="write docs/ways.md from what tests/attacks see")
    group.addoption(
        "--installed", action="store_true", help="refuse to test the checkout instead of an installed wheel"
    )
    group.addoption("--keycloak-version", metavar="VERSION", help="as in 26.5.6 (the one that is pinned)")


def pytest_configure(config: pytest.Config) -> None:
    """With `--installed`, what is tested must be an installed package."""
    source = Path(keycloak_2fa.__file__)
    if config.getoption("--installed") and source.is_relative_to(config.rootpath / "provisioning"):
        raise pytest.UsageError(f"--installed, but keycloak_2fa is the checkout's: {source}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what the Keycloak under test is too old or too new for; pytest counts it as deselected."""
    tested = _version(config.getoption("--keycloak-version") or VERSION)

    def concerns(item: pytest.Item) -> bool:
        since, before = item.get_closest_marker("since"), item.get_closest_marker("before")
        return not (since and tested < _version(since.args[0])) and not (before and tested >= _version(before.args[0]))

    config.hook.pytest_deselected(items=[item for item in items if not concerns(item)])
    items[:] = [item for item in items if concerns(item)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Where there are several workers, what shares a server of its own stays on one."""
    return ByServer(config, log)


class ByServer(LoadFileScheduling):
    """A file stays on one worker, as its fixtures do; so does a folder with a server, or an engine, of its own.

    The files of tests/extension itself may go to several workers: each then has one server with the extension.
    """

    def _split_scope(self, nodeid: str) -> str:
        folder = re.match(r"tests/(attacks|containers|states|extension/[^/]+)/", nodeid)
        return folder[0] if folder else super()._split_scope(nodeid)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split("."))


@pytest.fixture(scope="session")
def keycloak(request: pytest.FixtureRequest) -> Iterator[Keycloak]:
    """A running Keycloak with an admin in its master realm."""
    if request.config.getoption("--keycloak") == "container":
        yield request.getfixturevalue("container_keycloak")
        return
    version = request.config.getoption("--keycloak-version")
    with EmbeddedKeycloak(version, java_options=LONG_RUN) as server:
        yield server


@pytest.fixture(scope="session")
def container_keycloak(request: pytest.FixtureRequest) -> Iterator[Keycloak]:
    """One in a container, beside PostgreSQL and a mail catcher."""
    from tests.containers import engine
    from tests.containers.keycloak import keycloak_in_container

    engine.client().close()
    with keycloak_in_container(request.config.getoption("--keycloak-version")) as server:
        yield server


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with Mailbox() as box:
        yield box
