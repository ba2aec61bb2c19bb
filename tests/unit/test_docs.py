"""The README, the page for scripts and the program say the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.test_exit_codes import EMBEDDED_ERRORS, ERRORS

from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa.demo import DemoServerError
from keycloak_2fa_cli import exit_codes
from keycloak_2fa_cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
JSON = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text(encoding="utf-8") for folder in ("provisioning", "cli") for path in (ROOT / folder).rglob("*.py")
)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]\b")
SETTING = re.compile(r"\bKC2FA_[A-Z_]*[A-Z]\b")
TESTS_OWN = {"KC2FA_CHROMIUM", "KC2FA_REQUIRE_CONTAINERS"}
"""Settings that only the tests read."""


def walk(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """A command and all below it, each with its name as it is typed after `kc2fa`."""
    yield name, command
    for child_name, child in getattr(command, "commands", {}).items():
        yield from walk(child, f"{name} {child_name}".strip())


TREE = dict(walk(typer.main.get_command(app)))
COMMANDS = sorted(name for name, command in TREE.items() if not hasattr(command, "commands"))
FLAGS = {
    name for command in TREE.values() for each in command.params for name in each.opts if name.startswith("--")
} | {"--help"}
EXIT_CODES = {exit_codes.DONE, exit_codes.BUG, exit_codes.USAGE, exit_codes.INTERRUPTED} | {
    exit_codes.of(kind.__new__(kind)) for kind in ERRORS
}


def without_other_commands(text: str) -> str:
    """The README without the lines that are commands of Keycloak or Docker."""
    return "\n".join(line for line in text.splitlines() if not re.search("kcadm|--rolename|docker compose", line))


def test_every_flag_is_in_the_readme() -> None:
    assert FLAGS - set(FLAG.findall(without_other_commands(README))) == set()


def test_every_flag_in_the_readme_exists() -> None:
    assert set(FLAG.findall(without_other_commands(README))) - FLAGS == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^\| `kc2fa {command}(?: [A-Z_]+)*` \| ", README, re.MULTILINE)


def test_every_command_in_the_readme_exists() -> None:
    below = "|".join({command.split()[1] for command in COMMANDS if " " in command})
    named = re.findall(rf"(?:`|\$ )kc2fa ([a-z]+(?: (?:{below})\b)?)", README)

    assert set(named) - set(COMMANDS) == set()


@pytest.mark.parametrize("code", sorted(error.code for error in ERRORS))
def test_every_error_code_is_in_the_docs_beside_its_exit_code(code: str) -> None:
    [kind] = {error for error in ERRORS if error.code == code}
    number = exit_codes.INTERRUPTED if code == "interrupted" else exit_codes.of(kind.__new__(kind))
    assert re.search(rf"^\| {number} \|.*`{code}`", JSON, re.MULTILINE)


def test_every_setting_is_in_the_readme_and_read_by_the_program() -> None:
    assert set(SETTING.findall(README)) - TESTS_OWN == set(SETTING.findall(CODE))


@pytest.mark.parametrize("code", sorted(kind.code for kind in EMBEDDED_ERRORS))
def test_every_error_code_of_the_embedded_keycloak_is_in_the_docs(code: str) -> None:
    number = exit_codes.of(DemoServerError(EmbeddedKeycloakError("", "")))
    assert re.search(rf"^\| {number} \|.*`{code}`", JSON, re.MULTILINE)


def test_every_exit_code_is_in_the_readme() -> None:
    table = README.partition("| exit | means |")[2].partition("\n\n")[0]

    assert {int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == EXIT_CODES
