"""The codes of warnings that a test has as JSON gives them: sentences alone. tests/sentences.txt says whose each is."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from keycloak_2fa.warning_codes import WarningCode

_FILE = Path(__file__).with_name("sentences.txt")
_EXPRESSION = re.compile(r"\{[^{}]*\}")


def by_code(said: Iterable[str]) -> dict[WarningCode, str]:
    """Warnings by their codes; those of one code are one text, a line each.

    Raises:
        LookupError: A sentence is no warning's.
    """
    found: dict[WarningCode, list[str]] = {}
    for each in said:
        found.setdefault(code(each), []).append(each)
    return {each: "\n".join(lines) for each, lines in found.items()}


def code(sentence: str) -> WarningCode:
    """The code of a warning.

    Raises:
        LookupError: The sentence is no warning's.
    """
    fitting = [
        (len(_EXPRESSION.sub("", written)), each) for each, written in written_down() if _fits(written, sentence)
    ]
    if not fitting:
        raise LookupError(f"no warning in {_FILE.name}: {sentence}")
    # One that is expressions but for a colon fits others too.
    return max(fitting)[1]


@cache
def written_down() -> tuple[tuple[WarningCode, str], ...]:
    """Each warning's code and sentence, with expressions in braces."""
    found = []
    for section in _FILE.read_text(encoding="utf-8").split("\n\n"):
        by, *lines = section.splitlines()
        kind, _, name = by.partition(" ")
        found += [(WarningCode(name), line.strip()) for line in lines if kind == "warning"]
    return tuple(found)


def _fits(written: str, sentence: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, _EXPRESSION.split(written))), sentence, re.DOTALL) is not None
