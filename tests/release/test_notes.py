"""The title and notes of a release."""

import subprocess
import sys
from pathlib import Path

import pytest
from release.notes import keycloak_versions, notes, section

ROOT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something to come.

## [0.2.0] - 2027-01-15

### Added

- A thing.

## [0.1.0] - 2026-12-01

- The first.
"""
MAKEFILE = "PYTHON ?= python3\nVERSIONS ?= 26.4.7 26.7.5\n"


def test_the_title_names_the_keycloaks_that_it_was_tested_with() -> None:
    title = notes("v0.2.0", "0.2.0", CHANGELOG, MAKEFILE).splitlines()[0]
    assert title == "keycloak-2fa 0.2.0 for Keycloak 26.4.7 and 26.7.5"


@pytest.mark.parametrize(("version", "said"), [("0.2.0", "### Added\n\n- A thing."), ("0.1.0", "- The first.")])
def test_the_notes_are_the_changelogs(version: str, said: str) -> None:
    assert section(CHANGELOG, version) == said


def test_another_tag_than_the_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"v0\.2\.1 is not the version in the sources, 0\.2\.0"):
        notes("v0.2.1", "0.2.0", CHANGELOG, MAKEFILE)


@pytest.mark.parametrize("version", ["0.3.0", "0x2x0", "Unreleased"])
def test_a_version_that_the_changelog_does_not_know_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="has no section"):
        section(CHANGELOG, version)


def test_the_makefile_names_the_versions() -> None:
    assert len(keycloak_versions((ROOT / "Makefile").read_text())) >= 2


def test_the_command_says_why_it_refuses() -> None:
    command = [sys.executable, "release/notes.py", "--tag", "v0.0.0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The tag v0.0.0 is not the version in the sources")
