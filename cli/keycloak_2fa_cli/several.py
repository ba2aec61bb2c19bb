"""One command on several realms: each realm's answer in turn, and all of them together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, overload

import typer

from keycloak_2fa.errors import (
    Error,
    NotHoldingError,
    NotKeycloakError,
    UnknownRealmError,
    UnreachableError,
    UsageError,
)
from keycloak_2fa_cli import connection, terminal
from keycloak_2fa_cli.answer import Answer, error_document
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi

Table = Callable[["Console", Sequence[Mapping[str, Any]]], None]
"""Draws several realms' data as one table."""

AllRealms = Annotated[bool, typer.Option("--all-realms", help="Answer for every realm that the caller may see.")]


@dataclass(frozen=True)
class _Entry:
    realm: str
    answer: Answer | None
    error: Error | None


def asked_for(flags: Flags, *, every: bool = False) -> bool:
    """Whether more than one realm is asked for."""
    return every or len(flags.realm or ()) > 1


def in_each(
    flags: Flags,
    one: Callable[["AdminApi"], Answer],
    *,
    every: bool = False,
    stop_at_an_error: bool = False,
    table: Table | None = None,
) -> Answer:
    """Answer for one realm, or for several together.

    Args:
        flags: As given; `--realm` may be there more than once.
        one: Answers for the realm of a connection.
        every: All realms that the caller may see.
        stop_at_an_error: Whether a realm that cannot be answered for keeps the later ones from being begun.
        table: Draws the realms that were answered for, a line each, in place of one answer after the other.

    Raises:
        UsageError: `every`, and realms by name too.
        Error: Only one realm is asked for, or the server cannot be reached at all.
    """
    if not asked_for(flags, every=every):
        return one(connection.admin_api(flags))
    entries: list[_Entry] = []
    for api in connection.admin_apis(flags, every=every):
        try:
            answer = one(api)
        except (UnreachableError, NotKeycloakError):
            raise
        except Error as error:
            if isinstance(error, UsageError) and not isinstance(error, UnknownRealmError) and not entries:
                # The call is wrong, not the realm: it would be said once for each.
                raise
            entries.append(_Entry(api.settings.realm, None, error))
            if stop_at_an_error:
                break
        else:
            entries.append(_Entry(api.settings.realm, answer, answer.error))
    return _together(entries, table)


@overload
def file_for(path: None, realm: str, flags: Flags, *, every: bool = ..., flag: str = ...) -> None: ...


@overload
def file_for(path: Path, realm: str, flags: Flags, *, every: bool = ..., flag: str = ...) -> Path: ...


def file_for(
    path: Path | None, realm: str, flags: Flags, *, every: bool = False, flag: str = "--output"
) -> Path | None:
    """The output file of one realm: `{realm}` in the name stands for the realm's.

    Args:
        path: The file as it was named, if it was.
        realm: The realm.
        flags: As given.
        every: Whether all realms are asked for.
        flag: The flag that named it, for the message.

    Raises:
        UsageError: There are several, and the name does not tell them apart.
    """
    from keycloak_2fa.api.endpoints import segment

    if path is None:
        return None
    if "{realm}" not in path.name and asked_for(flags, every=every):
        raise UsageError(f"{flag} {path}: several realms need a file each.", "Put {realm} into the name.")
    return path.with_name(path.name.replace("{realm}", segment(realm)))


def _together(entries: Sequence[_Entry], table: Table | None) -> Answer:
    return Answer(
        data=lambda: {"realms": [_document(each) for each in entries]},
        text=lambda console: _text(console, entries, table),
        error=_gravest([each.error for each in entries if each.error]),
    )


def _gravest(errors: Sequence[Error]) -> Error | None:
    """The first that says that something could not be looked at or done; else the first finding."""
    unfinished = [each for each in errors if not isinstance(each, NotHoldingError)]
    return next(iter([*unfinished, *errors]), None)


def _document(entry: _Entry) -> dict[str, Any]:
    document: dict[str, Any] = {"realm": entry.realm, "ok": entry.error is None}
    if entry.error:
        document["error"] = error_document(entry.error)
    if entry.answer:
        document |= {"data": entry.answer.data(), "warnings": list(entry.answer.warnings)}
    return document


def _text(console: "Console", entries: Sequence[_Entry], table: Table | None) -> None:
    if table:
        table(console, [each.answer.data() for each in entries if each.answer])
    for number, entry in enumerate(entries):
        if not table:
            if number:
                console.print()
            console.print(f"Realm {terminal.plain(entry.realm)!r}", style="bold")
            if entry.answer:
                entry.answer.text(console)
        if entry.answer:
            terminal.notes([f"{entry.realm}: {each}" for each in entry.answer.warnings])
        if entry.error:
            terminal.error(entry.error, about=entry.realm if table else None)
