"""docs/commands.md and docs/man/ are what the command says of itself."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.test_docs import COMMANDS, EXIT_CODES, ROOT, TREE

from keycloak_2fa_cli import exit_codes


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference as `make reference` writes it now."""
    folder = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, str(ROOT / "release" / "reference.py"), str(folder)], check=True)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in [folder / "commands.md", *folder.glob("man/*")]}


def test_the_pages_are_those_that_make_reference_writes(written: Path) -> None:
    assert files(ROOT / "docs") == files(written), "run make reference"


def test_every_command_has_a_man_page(written: Path) -> None:
    assert {each.stem for each in (written / "man").iterdir()} == {
        " ".join(["kc2fa", *name.split()]).replace(" ", "-") for name in TREE
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_reference(written: Path, command: str) -> None:
    assert f"\n## kc2fa {command}\n" in (written / "commands.md").read_text(encoding="utf-8")


def test_every_exit_code_has_a_meaning() -> None:
    assert set(exit_codes.MEANINGS) == EXIT_CODES
