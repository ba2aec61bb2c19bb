"""Where there is no engine: a skip that says why in one line, or a failure where containers are required."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def run_without_engine(**environment: str) -> str:
    """What pytest says of some container tests on a machine with no Docker engine."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "", "tests/containers/test_mail.py"]
    kept = {name: value for name, value in os.environ.items() if name != "KC2FA_REQUIRE_CONTAINERS"}
    nowhere = {"DOCKER_HOST": "tcp://127.0.0.1:9"}
    done = subprocess.run(command, env=kept | nowhere | environment, capture_output=True, text=True, check=False)
    return done.stdout


def test_container_tests_are_skipped_with_one_line() -> None:
    said = run_without_engine()
    reasons = [line for line in said.splitlines() if "SKIPPED" in line]
    assert (len(reasons), "no Docker engine answers" in reasons[0]) == (1, True), said
    assert "2 skipped" in said


def test_where_containers_are_required_a_skip_is_a_failure() -> None:
    said = run_without_engine(KC2FA_REQUIRE_CONTAINERS="1")
    assert "2 errors" in said
    assert "KC2FA_REQUIRE_CONTAINERS=1, but no Docker engine answers" in said
