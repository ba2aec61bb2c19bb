"""The README, the pages of docs/ and the program say the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.test_exit_codes import EMBEDDED_ERRORS, ERRORS

from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa.demo import DemoServerError
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa_cli import exit_codes, profile
from keycloak_2fa_cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PAGES = {each.name: each.read_text(encoding="utf-8") for each in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
JSON = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text(encoding="utf-8") for folder in ("provisioning", "cli") for path in (ROOT / folder).rglob("*.py")
)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]\b")
SETTING = re.compile(r"\bKC2FA_[A-Z_]*[A-Z]\b")
TESTS_OWN = {"KC2FA_REQUIRE_CONTAINERS"}
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


def of_kc2fa(text: str) -> str:
    """What a page says of `kc2fa`: its commands, in code, without those of other programs."""
    lines = [line for line in text.splitlines() if re.search(r"\bkc2fa [a-z-]|^\| `kc2fa|`--[a-z-]+[`= ]", line)]
    return "\n".join(line for line in lines if not re.search(OTHERS, line))


OTHERS = "kcadm|--rolename|docker|kubectl|helm|gh attestation|sha256sum|kc.sh|pip|mvn|apt"


def test_every_flag_is_in_the_reference() -> None:
    assert FLAGS - set(FLAG.findall(REFERENCE)) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_flag_in_the_docs_exists(page: str) -> None:
    assert set(FLAG.findall(of_kc2fa(PAGES[page]))) - FLAGS == set()


def test_flags_are_looked_for_at_all() -> None:
    assert len(set(FLAG.findall(of_kc2fa("".join(PAGES.values()))))) > 30


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^\| `kc2fa {command}(?: [A-Z_]+)*` \| ", README, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_in_the_docs_exists(page: str) -> None:
    below = "|".join({command.split()[1] for command in COMMANDS if " " in command})
    named = re.findall(rf"(?:`|\$ |^)kc2fa ([a-z]+(?: (?:{below})\b)?)", PAGES[page], re.MULTILINE)

    assert set(named) - set(TREE) == set()


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("code", sorted(error.code for error in ERRORS))
def test_every_error_code_is_in_the_docs_beside_its_exit_code(code: str) -> None:
    [kind] = {error for error in ERRORS if error.code == code}
    number = exit_codes.INTERRUPTED if code == "interrupted" else exit_codes.of(kind.__new__(kind))
    assert re.search(rf"^\| {number} \|.*`{code}`", JSON, re.MULTILINE)


def test_every_setting_is_in_the_docs_and_read_by_the_program() -> None:
    assert set(SETTING.findall(SETTINGS)) - TESTS_OWN == set(SETTING.findall(CODE))


@pytest.mark.parametrize("code", sorted(kind.code for kind in EMBEDDED_ERRORS))
def test_every_error_code_of_the_embedded_keycloak_is_in_the_docs(code: str) -> None:
    number = exit_codes.of(DemoServerError(EmbeddedKeycloakError("", "")))
    assert re.search(rf"^\| {number} \|.*`{code}`", JSON, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_in_the_docs_exists(page: str) -> None:
    assert set(SETTING.findall(PAGES[page])) - set(SETTING.findall(SETTINGS)) == set()


@pytest.mark.parametrize("key", profile.KEYS)
def test_every_key_of_a_profile_is_in_the_docs(key: str) -> None:
    assert f"| `{key}` |" in SETTINGS


@pytest.mark.parametrize("kind", FindingId)
def test_every_finding_is_in_the_docs(kind: FindingId) -> None:
    assert re.search(rf"^\| .*`{kind}`", PAGES["verify-and-harden.md"], re.MULTILINE)


def test_every_exit_code_is_in_the_readme() -> None:
    table = README.partition("| exit | means |")[2].partition("\n\n")[0]

    assert {int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == EXIT_CODES
