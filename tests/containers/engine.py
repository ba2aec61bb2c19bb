"""The Docker engine of this machine, and what its absence means for the tests that need it."""

import os
from typing import NoReturn

import docker
import pytest
from docker.errors import DockerException


def client() -> docker.DockerClient:
    """A client of the engine, which answers; where there is none the test that asks is skipped, or fails."""
    try:
        engine = docker.from_env()
        engine.ping()
    except (DockerException, OSError) as error:
        missing(f"no Docker engine answers ({type(error).__name__})")
    return engine


def missing(reason: str) -> NoReturn:
    """Skips the test; where KC2FA_REQUIRE_CONTAINERS is 1, fails it."""
    if os.environ.get("KC2FA_REQUIRE_CONTAINERS") == "1":
        pytest.fail(f"KC2FA_REQUIRE_CONTAINERS=1, but {reason}", pytrace=False)
    pytest.skip(reason)
