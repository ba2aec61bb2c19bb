"""docs/schemas and docs/json.md are what `make schemas` writes, and hold the documents of commands to their form."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.schemas import check
from tests.unit.test_docs import COMMANDS as PROGRAM

from keycloak_2fa.documents import COMMANDS
from release import schemas


@pytest.mark.parametrize("path", schemas.files(), ids=lambda path: path.name)
def test_a_generated_file_is_as_make_schemas_writes_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == schemas.files()[path]


def test_there_is_no_other_schema() -> None:
    assert {path for path in schemas.files() if path.suffix == ".json"} == set((schemas.DOCS / "schemas").iterdir())


def test_every_command_has_a_document() -> None:
    assert sorted(COMMANDS) == sorted(["", *PROGRAM])


ERROR = {"code": "no-consent", "message": "Not confirmed.", "hint": "Add --yes."}


@pytest.mark.parametrize(
    "document",
    [
        {"ok": False, "command": "reset", "error": ERROR},
        {"ok": True, "command": "verify", "data": {"realms": []}, "warnings": []},
    ],
)
def test_a_document_that_is_right_passes(document: dict[str, Any]) -> None:
    check(document)


@pytest.mark.parametrize(
    "document",
    [
        {"ok": True, "command": "reset"},
        {"ok": False, "command": "reset"},
        {"ok": True, "command": "reset", "data": {"realms": []}, "warnings": []},
        {"ok": False, "command": "reset", "error": {**ERROR, "more": 1}},
        {"ok": True, "command": "exempt list", "data": {"realm": 1, "exemptions": []}, "warnings": []},
    ],
)
def test_a_document_that_is_wrong_does_not(document: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(document)
