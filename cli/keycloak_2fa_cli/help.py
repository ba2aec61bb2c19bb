"""How `--help` is laid out: a command's own options, then the connection's, then examples.

Plain text, in the sections that Typer's options name (`rich_help_panel`): it reads the same in a pipe and on a narrow
terminal.
"""

import re
import textwrap
from typing import Any, cast

import typer.core

OPTIONS = "Options"
_LIMITS = re.compile(r"\s+\[\d+<=x<=\d+\]$")


class _Layout:
    """The sections of a command's or a group's help; a docstring's `Example:` is its last one."""

    epilog: str | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        text, _, examples = (kwargs.get("help") or "").partition("\n\nExample:\n")
        kwargs |= {"help": text, "epilog": examples or None}
        super().__init__(*args, **kwargs)

    @property
    def examples(self) -> list[str]:
        """The command lines that the help ends with."""
        return textwrap.dedent(self.epilog or "").splitlines()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name the parts of the command line; Typer puts an argument that must be given into braces."""
        pieces = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [each.strip("{}") for each in pieces]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands of a group, then the sections of options."""
        if isinstance(self, typer.core.TyperGroup):
            self.format_commands(ctx, formatter)
        for name, rows in sections(self, ctx).items():
            with formatter.section(name):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the examples, which must not be wrapped."""
        if self.examples:
            one = sum(not each.startswith(" ") for each in self.examples) == 1
            with formatter.section("Example" if one else "Examples"):
                for each in self.examples:
                    formatter.write(f"  {each}\n")


class Command(_Layout, typer.core.TyperCommand):
    """A command whose help has sections."""


class Group(_Layout, typer.core.TyperGroup):
    """A group of commands whose help has sections."""


def sections(command: Any, context: Any) -> dict[str, list[tuple[str, str]]]:
    """A command's parameters, each with its text, by the section of its help."""
    found: dict[str, list[tuple[str, str]]] = {"Arguments": [], OPTIONS: []}
    for each in command.get_params(context):
        if record := cast("tuple[str, str] | None", each.get_help_record(context)):
            argument = each.param_type_name == "argument"
            section = "Arguments" if argument else getattr(each, "rich_help_panel", None) or OPTIONS
            name, text = record
            # Typer adds the type of an argument to its name, and the limits of a number as an inequality.
            row = each.metavar if argument else name, _LIMITS.sub("", text)
            found.setdefault(section, []).append(row)
    return {name: rows for name, rows in found.items() if rows}
