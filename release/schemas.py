"""Write docs/schemas/*.json and the tables of docs/json.md from `keycloak_2fa.documents`: `make schemas`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from keycloak_2fa.documents import COMMANDS, FILES, Document, ErrorDocument

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "json.md"
BEGIN, END = "<!-- make schemas writes from here", "<!-- make schemas writes to here -->"
OF_SEVERAL_REALMS = {"status", "preview", "enforce", "report", "verify"}
TEXTS = {"type": "array", "items": {"type": "string"}}
WORDS = {str: "text", int: "number", float: "number", bool: "true or false", Any: "any", NoneType: "null"}


def main() -> None:
    """Write what has changed."""
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files() -> dict[Path, str]:
    """Every file that is generated, with its text."""
    schemas = {
        DOCS
        / "schemas"
        / f"{(command or 'overview').replace(' ', '-')}.json": f"{json.dumps(schema(command), indent=2)}\n"
        for command in COMMANDS
    }
    schemas |= {
        DOCS / "schemas" / f"{name.replace(' --', '-')}.json": f"{json.dumps(file_schema(name), indent=2)}\n"
        for name in FILES
    }
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return {**schemas, PAGE: f"{before}{BEGIN}, from keycloak_2fa/documents -->\n\n{tables()}\n{END}{after}"}


def schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command writes to stdout with `--json`."""
    kinds: tuple[type[Document], ...] = (COMMANDS[command], ErrorDocument)
    _, shared = models_json_schema([(kind, "validation") for kind in kinds])
    data, error = ({"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds)
    text: dict[str, Any] = {"type": "string"}
    answer = {"data": data, "warnings": TEXTS}
    if command in OF_SEVERAL_REALMS:
        realm = {
            "type": "object",
            "properties": {"realm": text, "ok": {"type": "boolean"}, "error": error, **answer},
            "required": ["realm", "ok"],
        }
        several = {
            "type": "object",
            "properties": {"realms": {"type": "array", "items": realm}},
            "required": ["realms"],
        }
        answer["data"] = {"anyOf": [data, several]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": " ".join(["kc2fa", *command.split(), "--json"]),
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "command": {"const": command}, "error": error, **answer},
        "required": ["ok", "command"],
        "if": {"properties": {"ok": {"const": True}}},
        "then": {"required": ["data", "warnings"]},
        "else": {"required": ["error"]},
        "$defs": _without_titles(shared["$defs"]),
    }


def file_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a file that a command writes."""
    kind = FILES[name]
    _, shared = models_json_schema([(kind, "validation")])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"kc2fa {name}",
        "$ref": f"#/$defs/{kind.__name__}",
        "$defs": _without_titles(shared["$defs"]),
    }


def tables() -> str:
    """The tables of docs/json.md."""
    commands: dict[type[Document], list[str]] = {}
    for command, kind in (COMMANDS | FILES).items():
        commands.setdefault(kind, []).append(f"`{command or 'kc2fa'}`")
    sections = [_section(", ".join(names), kind) for kind, names in commands.items()]
    parts = [kind for kind in _parts(list(commands)) if kind not in commands]
    sections += [_section(_name(kind), kind) for kind in sorted(parts, key=_name)]
    return "\n".join(sections)


def _section(title: str, kind: type[Document]) -> str:
    [base, *_] = kind.__bases__
    same = base.model_fields if issubclass(base, Document) else {}
    rows = [
        f"| `{name}` | {_type(field.annotation)} | {_meaning(field)} |".replace("|  |", "| |")
        for name, field in kind.model_fields.items()
        if name not in same
    ]
    also = [f"All of {_type(base)}, and:", ""] if same else []
    head = ["| field | type | |", "| --- | --- | --- |"]
    return "\n".join([f"### {title}", "", str(kind.__doc__), "", *also, *head, *rows, ""])


def _meaning(field: FieldInfo) -> str:
    return (field.description or "") if field.is_required() else f"may be missing; {field.description}"


def _parts(kinds: list[type[Document]]) -> Iterator[type[Document]]:
    """Every kind of document that these are made of, once."""
    seen: set[type[Document]] = set()
    while kinds:
        for field in kinds.pop().model_fields.values():
            for kind in _documents(field.annotation):
                if kind not in seen:
                    seen.add(kind)
                    kinds.append(kind)
                    yield kind


def _documents(annotation: Any) -> Iterator[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        yield annotation
    for each in get_args(annotation):
        yield from _documents(each)


def _type(annotation: Any) -> str:
    arguments, origin = get_args(annotation), get_origin(annotation)
    if annotation in WORDS:
        return WORDS[annotation]
    if isinstance(annotation, type) and not arguments and issubclass(annotation, Document):
        known = [command for command, kind in COMMANDS.items() if kind is annotation]
        name = f"`{known[0]}`" if known else _name(annotation)
        return f"[{name}](#{name.strip('`').lower().replace(' ', '-')})"
    if origin in {UnionType, Union}:
        return " or ".join(_type(each) for each in arguments)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin is list:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"{_type(arguments[1])} by name"
    raise TypeError(annotation)


def _name(kind: type[Document]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__.removesuffix("Document")).capitalize()


def _without_titles(part: Any) -> Any:
    """Pydantic gives each part its own name as a title, which says nothing."""
    if isinstance(part, dict):
        return {
            name: _without_titles(value)
            for name, value in part.items()
            if not (name == "title" and isinstance(value, str))
        }
    return [_without_titles(each) for each in part] if isinstance(part, list) else part


if __name__ == "__main__":
    main()
