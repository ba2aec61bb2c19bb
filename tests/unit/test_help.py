"""What every `--help` has in common."""

import re
from typing import Any

import pytest
import typer
from tests.unit.test_docs import COMMANDS, TREE
from typer.testing import CliRunner

from keycloak_2fa_cli.app import app

WITHOUT_A_CONNECTION = {"demo", "extension install"}
IMPERATIVES = [
    "Show",
    "Enforce",
    "Find",
    "Close",
    "Log",
    "Report",
    "Let",
    "Run",
    "Exempt",
    "List",
    "End",
    "Invite",
    "Send",
    "Create",
    "Put",
    "Compare",
    "Manage",
]


def shown(name: str) -> str:
    result = CliRunner().invoke(app, [*name.split(), "--help"], prog_name="kc2fa", env={"COLUMNS": "80"})
    assert result.exit_code == 0
    return result.output


def headings(name: str) -> list[str]:
    return re.findall(r"^([A-Z]\w+):$", shown(name), re.MULTILINE)


@pytest.mark.parametrize("name", TREE)
def test_fits_into_80_columns(name: str) -> None:
    assert [line for line in shown(name).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", TREE)
def test_names_no_type_of_python(name: str) -> None:
    assert re.findall(r"<[a-z]|\bTEXT\b.*\bTEXT\b|<=|int range|\bpath\b>", shown(name)) == []


@pytest.mark.parametrize("name", TREE)
def test_every_option_that_takes_a_value_says_which(name: str) -> None:
    def named(option: Any) -> bool:
        return bool(re.fullmatch(r"[A-Z]+(=[A-Z]+)?", option.metavar or ""))

    options = [each for each in TREE[name].params if each.param_type_name == "option" and not each.is_flag]
    assert [each.name for each in options if not named(each)] == []


@pytest.mark.parametrize("name", [each for each in COMMANDS if each not in WITHOUT_A_CONNECTION])
def test_the_connection_stands_after_the_commands_own_options(name: str) -> None:
    order = headings(name)
    assert order[order.index("Options") :][:2] == ["Options", "Connection"]


@pytest.mark.parametrize("name", sorted(WITHOUT_A_CONNECTION))
def test_a_command_that_does_not_connect_has_no_flags_for_it(name: str) -> None:
    assert "Connection" not in headings(name)
    result = CliRunner().invoke(app, [*name.split(), "--realm", "example"], prog_name="kc2fa")
    assert (result.exit_code, "No such option" in result.output) == (2, True)


@pytest.mark.parametrize("name", COMMANDS)
def test_ends_with_an_example_of_the_command(name: str) -> None:
    assert headings(name)[-1].startswith("Example")
    assert all(re.match(rf"kc2fa {name}\b|  ", each) for each in TREE[name].examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_parsed(name: str) -> None:
    import shlex

    lines = "\n".join(TREE[name].examples).replace("\\\n", " ").splitlines()
    for line in lines:
        arguments = shlex.split(line)[1 + len(name.split()) :]
        TREE[name].make_context(name, arguments)


@pytest.mark.parametrize("name", [each for each in TREE if each])
def test_the_summary_is_an_imperative(name: str) -> None:
    summary = (TREE[name].help or "").partition("\n")[0]
    assert (summary.split()[0] in IMPERATIVES, summary.endswith(".")) == (True, True)


@pytest.mark.parametrize("name", [each for each in TREE if each])
def test_the_summary_is_whole_in_the_list_of_commands(name: str) -> None:
    parent = " ".join(name.split()[:-1])
    assert not any(line.rstrip().endswith("...") for line in shown(parent).splitlines() if "[ARGS]" not in line)


def test_it_is_seen_that_there_are_commands() -> None:
    assert len(COMMANDS) == len([each for each in TREE.values() if not isinstance(each, typer.core.TyperGroup)]) > 10
