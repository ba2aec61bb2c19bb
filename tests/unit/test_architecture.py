"""Imports go one way, cli -> provisioning, and the command starts without what it may not need."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import keycloak_2fa
import keycloak_2fa_cli

LIBRARY = Path(keycloak_2fa.__file__).parent
COMMAND = Path(keycloak_2fa_cli.__file__).parent
TERMINAL = {"typer", "click", "rich", "keycloak_2fa_cli"}


def imports(path: Path) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_the_library_knows_no_terminal(path: Path) -> None:
    assert imports(path) & TERMINAL == set()


@pytest.mark.parametrize("path", sorted(COMMAND.rglob("*.py")), ids=lambda path: str(path.relative_to(COMMAND)))
def test_the_command_speaks_to_keycloak_through_the_library_only(path: Path) -> None:
    assert imports(path) & {"aiohttp", "httpx", "keycloak", "requests", "urllib3"} == set()


def test_the_walk_sees_imports_at_all() -> None:
    assert "rich" in imports(COMMAND / "terminal.py")


def modules_after_import(statement: str) -> set[str]:
    path = [str(LIBRARY.parent), str(COMMAND.parent)]
    program = f"import sys\nsys.path[:0] = {path!r}\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Every module that is loaded once the command line is."""
    return modules_after_import("import keycloak_2fa_cli.app")


@pytest.mark.parametrize("slow", ["aiohttp", "keycloak", "requests", "jwcrypto", "playwright"])
def test_the_command_line_starts_without(loaded: set[str], slow: str) -> None:
    assert slow not in loaded


def test_the_command_line_was_loaded(loaded: set[str]) -> None:
    assert "keycloak_2fa_cli.commands.enforce" in loaded


PUBLIC_NAMES = {("plan_enforcement", "preview"), ("get_status", "status")}
"""What the package gives another name than its module does."""


@pytest.mark.parametrize("package", [LIBRARY, COMMAND], ids=["library", "command"])
def test_no_two_names_collide_so_that_one_needs_an_alias(package: Path) -> None:
    aliases = {
        (each.name, each.asname)
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
        if each.asname
    }

    assert aliases - PUBLIC_NAMES == set()
