"""What runs in containers: the stack of docker-compose.yml, and the image of the command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from tests.containers import compose, engine
from tests.extension.conftest import jar

__all__ = ["jar"]


@pytest.fixture(scope="session")
def docker() -> Iterator[DockerClient]:
    """The Docker engine of this machine."""
    client = engine.client()
    yield client
    client.close()


@pytest.fixture
def checkout(tmp_path: Path) -> compose.Checkout:
    """A checkout whose `.env` is still to be made."""
    compose.required()
    return compose.Checkout.copy(tmp_path)


@pytest.fixture(scope="session")
def stack(docker: DockerClient, jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[compose.Stack]:
    """Everything in docker-compose.yml but the second node, with the extension."""
    compose.required()
    checkout = compose.Checkout.copy(tmp_path_factory.mktemp("checkout"))
    checkout.add_provider(jar)
    with compose.stack(checkout) as running:
        yield running


@pytest.fixture(scope="session")
def two_nodes(stack: compose.Stack) -> compose.Stack:
    """The same with the second node."""
    stack.start_second_node()
    return stack
