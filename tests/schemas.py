"""The JSON Schemas of docs/schemas, for tests that hold real documents to them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"


@cache
def validator(command: str) -> Draft202012Validator:
    """The validator of what a command writes with `--json`; no field may be there that the schema does not know."""
    schema = json.loads((FOLDER / f"{(command or 'overview').replace(' ', '-')}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(_closed(schema))


def check(document: dict[str, Any]) -> None:
    """Check a whole document, as a command wrote it to stdout.

    Raises:
        jsonschema.ValidationError: It is not as its command's schema says.
    """
    validator(document["command"]).validate(document)


def check_file(name: str, document: dict[str, Any]) -> None:
    """Check a file that a command wrote.

    Raises:
        jsonschema.ValidationError: It is not as the schema of that name says.
    """
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator(_closed(schema)).validate(document)


def _closed(part: Any) -> Any:
    """The same schema for a test: users are told to ignore what they do not know, and we are not."""
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    return closed | {"additionalProperties": False} if "properties" in part and part.get("type") == "object" else closed
