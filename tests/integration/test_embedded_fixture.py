"""The fixture of `embedded_keycloak` in somebody else's tests, as its README shows it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import embedded_keycloak

pytestmark = pytest.mark.slow

README = (Path(embedded_keycloak.__file__).parent / "README.md").read_text(encoding="utf-8")


def example(file: str) -> str:
    """The example of one file in the README."""
    found = re.search(rf"```python\n# {re.escape(file)}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_example_of_the_readme_passes(tmp_path: Path) -> None:
    # Given a project that has nothing but the README's two files
    for file in ("conftest.py", "test_mine.py"):
        (tmp_path / file).write_text(example(file))
    # When its tests are run
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # Then
    assert (done.returncode, done.stdout.splitlines()[-1][:8]) == (0, "1 passed"), done.stdout + done.stderr
