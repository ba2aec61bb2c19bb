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
    group.addoption("--unproven", action="store_true", help="also run what tests/unproven.txt lists")
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

    unproven = [] if config.getoption("--unproven") else _unproven()

    def waits(item: pytest.Item) -> bool:
        """Whether the list names the test, its function, its class, its file or its folder."""
        node = item.nodeid
        return any(node == each or (node.startswith(each) and node[len(each)] in "[:/") for each in unproven)

    left_out = [item for item in items if not concerns(item) or waits(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if concerns(item) and not waits(item)]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Says what is not run, so that nobody takes it for passed."""
    if config.getoption("--unproven"):
        return []
    return [f"not run, since nobody has seen it pass yet (--unproven runs it): {each}" for each in _unproven()]


def _unproven() -> list[str]:
    """Files and tests that were written and have not been seen to pass: each is to be run and taken off the list."""
    lines = (Path(__file__).parent / "unproven.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


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
