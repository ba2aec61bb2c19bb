"""Write docs/commands.md and the man pages from the command itself; `make reference` runs it.

Typer carries its own copy of Click, which click-man and mkdocs-click do not know, and Typer's own `utils docs` repeats
the connection's flags at every command.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from keycloak_2fa import __version__
from keycloak_2fa_cli import exit_codes
from keycloak_2fa_cli.app import app
from keycloak_2fa_cli.help import OPTIONS, sections

CONNECTION = "Connection"
VARIABLES = {
    "KC2FA_CLIENT_SECRET": "The service account's secret.",
    "KC2FA_PASSWORD": "The admin user's password.",
    "KC2FA_RETRY_TIMEOUT": "Seconds for which a failing request is tried again. Default: 120.",
    "NO_COLOR": "Where it is set, the output has no colours.",
}
"""What no flag sets."""
CONFIGURATION = "$XDG_CONFIG_HOME/kc2fa/config.toml"


@dataclass(frozen=True)
class Page:
    """A command as its help describes it.

    Attributes:
        name: As it is typed, with `kc2fa`.
        usage: What follows the name.
        summary: The first sentence.
        description: The other paragraphs.
        sections: Rows of name and text, by the heading of their section.
        examples: Command lines.
        commands: Names and summaries of what is below it.
    """

    name: str
    usage: str
    summary: str
    description: list[str]
    sections: dict[str, list[tuple[str, str]]]
    examples: list[str]
    commands: list[tuple[str, str]]


def pages(command: Any = None, context: Any = None) -> Iterator[Page]:
    """The root and every command below it, depth first."""
    command = command or typer.main.get_command(app)
    context = context or typer.Context(command, info_name="kc2fa", **command.context_settings)
    children = [(name, each) for name, each in getattr(command, "commands", {}).items() if not each.hidden]
    summary, *description = re.split(r"\n\n+", command.help)
    yield Page(
        name=context.command_path,
        usage=" ".join(command.collect_usage_pieces(context)),
        summary=" ".join(summary.split()),
        description=[" ".join(each.split()) for each in description],
        sections=sections(command, context),
        examples=command.examples,
        commands=[(name, " ".join(each.help.partition("\n\n")[0].split())) for name, each in children],
    )
    for name, each in children:
        yield from pages(each, typer.Context(each, info_name=name, parent=context))


def markdown(every: list[Page]) -> str:
    """The reference as one page."""
    root, *others = every
    lines = [
        "# Commands",
        "",
        "`make reference` writes this page and the man pages (`docs/man/`) from the command itself.",
        "",
        "| command | does |",
        "| --- | --- |",
    ]
    commands = [each for each in others if not each.commands]
    lines += [f"| [`{each.name}`](#{anchor(each.name)}) | {escaped(each.summary)} |" for each in commands]
    lines += ["", *(escaped(each) for each in root.description), *rows(root, [OPTIONS])]
    for each in commands:
        lines += ["", f"## {each.name}", "", *paragraphs(each), "```console", f"$ {each.name} {each.usage}", "```"]
        lines += rows(each, [title for title in each.sections if title != CONNECTION])
        if CONNECTION in each.sections:
            lines += ["", "It also takes the [connection flags](#connection-flags)."]
        lines += ["", "```sh", *each.examples, "```"]
    lines += ["", "## Connection flags", "", "They stand before or after the command's name.", ""]
    lines += table(root.sections[CONNECTION])
    return "\n".join([*lines, ""])


def paragraphs(page: Page) -> list[str]:
    """The summary and the description, each followed by an empty line."""
    return [text for each in (page.summary, *page.description) for text in (escaped(each), "")]


def rows(page: Page, titles: list[str]) -> list[str]:
    """The tables of some sections, under one another."""
    return [text for title in titles for text in ("", *table(page.sections[title], title))]


def table(of: list[tuple[str, str]], title: str = OPTIONS) -> list[str]:
    """Names and texts as a table."""
    heading = {OPTIONS: "option", "Arguments": "argument"}[title]
    return [f"| {heading} | |", "| --- | --- |", *(f"| `{name}` | {escaped(text)} |" for name, text in of)]


def escaped(text: str) -> str:
    """Text without what Markdown would act on."""
    return re.sub(r"([|<>\[\]_*])", r"\\\1", re.sub(r"\s+", " ", text))


def anchor(name: str) -> str:
    """The address of a heading on its page."""
    return name.replace(" ", "-")


def man(page: Page, root: Page) -> str:
    """A man page."""
    title = anchor(page.name)
    lines = [
        f'.TH {roff(title.upper())} 1 "" "kc2fa {__version__}" "User commands"',
        ".SH NAME",
        f"{roff(title)} \\- {roff(page.summary.rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {roff(page.name)}",
        roff(page.usage),
        ".SH DESCRIPTION",
        "\n.PP\n".join(roff(each) for each in (page.summary, *page.description)),
    ]
    if page.commands:
        lines += [".SH COMMANDS", *tagged(page.commands)]
    for section, of in page.sections.items():
        if section != CONNECTION or page is root:
            lines += [f".SH {section.upper()}", *tagged(of)]
    if CONNECTION in page.sections and page is not root:
        lines += [".SH CONNECTION", "The flags of the connection are in", ".BR kc2fa (1)."]
    if page is root:
        lines += [".SH EXIT STATUS", *tagged([(str(code), text) for code, text in exit_codes.MEANINGS.items()])]
        lines += [".SH ENVIRONMENT", *tagged(environment(page)), ".SH FILES", *tagged(files())]
    if page.examples:
        lines += [".SH EXAMPLES", ".nf", *(roff(each) for each in page.examples), ".fi"]
    below = [f"{title}-{name}" for name, _ in page.commands]
    also = below if page is root else ["kc2fa", *below]
    lines += [".SH SEE ALSO", ",\n".join(f".BR {roff(each)} (1)" for each in also)]
    return "\n".join(lines) + "\n"


def tagged(of: list[tuple[str, str]]) -> list[str]:
    """Names and texts as tagged paragraphs."""
    return [line for name, text in of for line in (".TP", f".B {roff(name)}", roff(" ".join(text.split())))]


def environment(root: Page) -> list[tuple[str, str]]:
    """Every variable with the flag that stands for it, and those that no flag stands for."""
    found = [
        (match[1], name.split()[0]) for name, text in root.sections[CONNECTION] if (match := VARIABLE.search(text))
    ]
    return sorted([*((name, f"The same as {flag}.") for name, flag in found), *VARIABLES.items()])


VARIABLE = re.compile(r"\[(KC2FA_\w+)\]$")


def files() -> list[tuple[str, str]]:
    """The files that the command reads by itself."""
    return [(CONFIGURATION, "The profiles, for --profile. Without XDG_CONFIG_HOME: ~/.config/kc2fa/config.toml.")]


def roff(text: str) -> str:
    """Text without what roff would act on."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text


def main() -> None:
    """Write the reference into the folder given, docs/ by default."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    every = list(pages())
    (folder / "man").mkdir(parents=True, exist_ok=True)
    (folder / "commands.md").write_text(markdown(every), encoding="utf-8")
    for page in every:
        (folder / "man" / f"{anchor(page.name)}.1").write_text(man(page, every[0]), encoding="utf-8")


if __name__ == "__main__":
    main()
