"""Write tests/sentences.txt, every sentence that the program says, read off its source: `make sentences`.

What `make reference` and `make schemas` write stands in docs/commands.md and docs/json.md, and not here.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa.errors import Error
from keycloak_2fa.verification.checks import CHECKS
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.warning_codes import WarningCode

ROOT = Path(__file__).parents[1]
FILE = ROOT / "tests" / "sentences.txt"
PACKAGES = ("provisioning/keycloak_2fa", "provisioning/embedded_keycloak", "cli/keycloak_2fa_cli")

OF_AN_ERROR = ("message", "hint")
OF_A_FINDING = ("title", "story", "why", "fix", "held", "closed_otherwise")
NOT_FOR_READERS = {"_flag", "_group", "Argument", "Field", "Option", "compile", "fullmatch", "search"}
"""What docs/commands.md and docs/json.md are made of, and regular expressions."""
SENTENCE = re.compile(r"(\S*[A-Za-z]\S*\s+){2}\S*[A-Za-z]|[A-Za-z]\s+\S.*[.?:]\s*$")
"""At least three words, or two with an end."""
LINE_FOR_PROGRAMS = re.compile(r"# |HEAD /")
EXPRESSION = re.compile(r"\{[^{}]*\}")

Parts: TypeAlias = list[tuple[str, ast.expr]]


class Said(NamedTuple):
    """A sentence, or those that belong together: message and hint of an error; title, why and fix of a finding.

    Attributes:
        by: `error`, `finding` or `warning` with its code, or `words` with the module that says it.
        parts: Each sentence after its name; one that stands alone has none.
    """

    by: str
    parts: tuple[tuple[str, str], ...]


def main() -> None:
    """Write the file."""
    FILE.write_text(text(said()), encoding="utf-8")


def text(everything: Iterable[Said]) -> str:
    """The file as it should be."""
    sections = groupby(sorted(set(everything)), key=lambda each: each.by)
    return "\n".join(f"{by}\n" + "".join(map(_lines, entries)) for by, entries in sections)


def _lines(said: Said) -> str:
    return "".join(f"    {name and f'{name}: '}{sentence}\n" for name, sentence in said.parts)


def said() -> Iterator[Said]:
    """All that the program says."""
    sources = [Source(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    for source in sources:
        import_module(source.module)
    errors = {
        kind.__name__: kind.code for kind in [EmbeddedKeycloakError, *_below(EmbeddedKeycloakError), *_below(Error)]
    }
    findings = _findings({source.name: source.functions for source in sources if ".verification." in source.module})
    for source in sources:
        yield from source.said(errors, findings)


def _below(kind: Any) -> Iterator[Any]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _findings(functions: Mapping[str, Mapping[str, ast.AST]]) -> dict[ast.AST, FindingId]:
    """The functions of verification that one check alone calls, on a way of any length, with what it finds."""
    callers: dict[ast.AST, set[FindingId]] = {}

    def follow(module: str, name: str, finding: FindingId) -> None:
        function = functions.get(module, {}).get(name)
        if function is None or finding in callers.setdefault(function, set()):
            return
        callers[function].add(finding)
        for each in ast.walk(function):
            match each:
                case ast.Call(ast.Attribute(ast.Name(other), called)):
                    follow(other, called, finding)
                case ast.Call(ast.Name(called)):
                    follow(module, called, finding)

    for check in CHECKS:
        follow("readings", check.find.__name__, check.id)
    return {function: next(iter(ids)) for function, ids in callers.items() if len(ids) == 1}


class Source:
    """One module's source.

    Attributes:
        module: Its name, whole.
        name: Its name within its package.
        functions: Its functions by name.
    """

    def __init__(self, path: Path) -> None:
        self.module = ".".join(path.relative_to(ROOT).with_suffix("").parts[1:]).removesuffix(".__init__")
        self.name = path.stem
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self._nodes = list(ast.walk(tree))
        self._above = {below: node for node in self._nodes for below in ast.iter_child_nodes(node)}
        self.functions = {each.name: each for each in self._nodes if isinstance(each, ast.FunctionDef)}

    def said(self, errors: Mapping[str, str], findings: Mapping[ast.AST, FindingId]) -> Iterator[Said]:
        """What this module says.

        Args:
            errors: The codes of errors by the names of their classes.
            findings: The functions that look for one finding alone.
        """
        told: set[ast.AST] = set()
        for node in self._nodes:
            finding = self._finding(node, findings)
            for by, parts in (*self._errors(node, errors), *_warnings(node), *_findings_of(node, finding)):
                values = [(name, value) for name, given in parts for value in self._values(given)]
                told.update(value for _, value in values)
                if values:
                    yield Said(by, tuple((name, _words(value)) for name, value in values))
        for node in self._nodes:
            if node not in told and self._is_sentence(node):
                yield Said(self._finding(node, findings) or f"words {self.module}", (("", _words(node)),))

    def _finding(self, node: ast.AST, findings: Mapping[ast.AST, FindingId]) -> str | None:
        return next((f"finding {findings[each]}" for each in self._around(node) if each in findings), None)

    def _errors(self, node: ast.AST, codes: Mapping[str, str]) -> Iterator[tuple[str, Parts]]:
        match node:
            case ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__"), [_, _]):
                kinds = [each.name for each in self._around(node) if isinstance(each, ast.ClassDef)]
            case ast.Call(kind, [_, _]):
                kinds = [ast.unparse(each).rpartition(".")[2] for each in self._values(kind)]
            case _:
                return
        for kind in kinds:
            if kind in codes:
                yield f"error {codes[kind]}", list(zip(OF_AN_ERROR, node.args, strict=True))

    def _values(self, given: ast.expr) -> Iterator[ast.expr]:
        """What an expression can be, as far as the function around it and the module say."""
        match given:
            case ast.IfExp(_, one, other):
                yield from self._values(one)
                yield from self._values(other)
            case ast.ListComp(each):
                yield from self._values(each)
            case ast.Constant(None):
                return
            case ast.Name(name) if assigned := self._assigned(given, name):
                yield from self._values(assigned)
            case _:
                yield given

    def _assigned(self, at: ast.expr, name: str) -> ast.expr | None:
        """What a name was given last, in the function around it or else in the module."""
        around = list(self._around(at))
        for scope in around:
            match scope:
                case ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given):
                    defaults = zip(reversed(given.args), reversed(given.defaults), strict=False)
                    before = [each for each in _given(ast.walk(scope), name) if each.lineno < at.lineno]
                    values = [value for parameter, value in defaults if parameter.arg == name]
                    values += [each for each in before if each not in around]
                case ast.Module(lines):
                    values = list(_given(lines, name))
                case _:
                    continue
            if values:
                return max(values, key=lambda each: each.lineno)
        return None

    def _is_sentence(self, node: ast.AST) -> bool:
        """Whether a node is a text for readers that no other page holds."""
        match node:
            case ast.Constant(str()) | ast.JoinedStr():
                words = _words(node)
            case _:
                return False
        return (
            bool(SENTENCE.search(EXPRESSION.sub("X", words)))
            and not LINE_FOR_PROGRAMS.match(words)
            # A docstring, a part of an f-string, an annotation.
            and not isinstance(
                self._above[node], ast.Expr | ast.JoinedStr | ast.FormattedValue | ast.arg | ast.FunctionDef
            )
            and not any(map(_not_for_readers, self._around(node)))
        )

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._above:
            node = self._above[node]
            yield node


def _warnings(node: ast.AST) -> Iterator[tuple[str, Parts]]:
    match node:
        case ast.Call(ast.Attribute(ast.Attribute(ast.Name("WarningCode"), name), "says"), [sentence]) | ast.Call(
            ast.Name("map"), [ast.Attribute(ast.Attribute(ast.Name("WarningCode"), name), "says"), sentence]
        ):
            yield f"warning {WarningCode[name]}", [("", sentence)]


def _findings_of(node: ast.AST, found_around: str | None) -> Iterator[tuple[str, Parts]]:
    match node:
        case ast.Call(ast.Name("Check"), [ast.Attribute(attr=name), *_]):
            by = f"finding {FindingId[name]}"
        case ast.Call(ast.Name("NotChecked")):
            by = f"finding {FindingId.NOT_CHECKED}"
        case ast.Call(ast.Name("Found" | "replace")) if found_around:
            by = found_around
        case _:
            return
    yield by, [(each.arg, each.value) for each in node.keywords if each.arg in OF_A_FINDING]


def _words(node: ast.AST) -> str:
    """A text of the source on one line, with its expressions in braces."""
    return _raw(node).strip().replace("\n", "\\n")


def _raw(node: ast.AST) -> str:
    match node:
        case ast.Constant(str(words)):
            return words
        case ast.JoinedStr(parts):
            return "".join(map(_raw, parts))
        case ast.FormattedValue(value, conversion):
            return f"{{{ast.unparse(value)}{f'!{chr(conversion)}' if conversion > 0 else ''}}}"
    return f"{{{ast.unparse(node)}}}"


def _given(lines: Iterable[ast.AST], name: str) -> Iterator[ast.expr]:
    for line in lines:
        match line:
            case ast.Assign([ast.Name(target)], value) if target == name:
                yield value


def _not_for_readers(around: ast.AST) -> bool:
    match around:
        case ast.keyword("help"):
            return True
        case ast.Call(ast.Name(name) | ast.Attribute(attr=name)):
            return name in NOT_FOR_READERS
    return False


if __name__ == "__main__":
    main()
