"""The README and the program say the same."""

import re
from pathlib import Path

import pytest
import typer
from tests.unit.test_exit_codes import ERRORS

from keycloak_2fa_cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text(encoding="utf-8") for folder in ("provisioning", "cli") for path in (ROOT / folder).rglob("*.py")
)


def flags() -> set[str]:
    """Every long flag of every command."""
    found: set[str] = set()
    waiting = [typer.main.get_command(app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        found |= {name for each in command.params for name in each.opts if name.startswith("--")}
    return found | {"--help"}


def test_every_flag_is_in_the_readme() -> None:
    assert {flag for flag in flags() if f"`{flag}`" not in README and flag not in README} == set()


def test_every_flag_in_the_readme_exists() -> None:
    ours = "".join(line for line in README.splitlines(keepends=True) if "kcadm" not in line and "rolename" not in line)
    assert set(re.findall(r"--[a-z][a-z-]+", ours)) <= flags()


@pytest.mark.parametrize("code", sorted(error.code for error in ERRORS))
def test_every_error_code_is_in_the_readme(code: str) -> None:
    assert f"`{code}`" in README


def test_every_setting_is_in_the_readme_and_read_by_the_program() -> None:
    in_code = set(re.findall(r"\bKC2FA_[A-Z_]*[A-Z]\b", CODE))
    assert set(re.findall(r"\bKC2FA_[A-Z_]*[A-Z]\b", README)) - {"KC2FA_CHROMIUM"} == in_code


@pytest.mark.parametrize("code", ["0", "1", "2", "3", "4", "5", "6", "130"])
def test_every_exit_code_is_in_the_readme(code: str) -> None:
    assert f"\n| {code} | " in README


@pytest.mark.parametrize("command", ["status", "preview", "enforce", "realm diff", "realm apply", "demo"])
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"| `kc2fa {command}` | " in README
