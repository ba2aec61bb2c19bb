"""`kc2fa demo`."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands import enforce, preview
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.demo import Demo
    from keycloak_2fa.documents import DemoDocument


@answers("demo", connects=False)
def demo(
    flags: Flags,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server running, and show how to stop it.")] = False,
    port: Annotated[
        int,
        typer.Option(
            "--port",
            metavar="NUMBER",
            help="TCP port of the server. Default: a free one.",
            min=0,
            max=65535,
            show_default=False,
        ),
    ] = 0,
    pictures: Annotated[
        Path | None,
        typer.Option(
            "--pictures", metavar="FOLDER", help="Save pictures of the pages, by the browser of this machine."
        ),
    ] = None,
    without_extension: Annotated[
        bool, typer.Option("--without-extension", help="Leave the extension out, also where its jar is there.")
    ] = False,
) -> Answer:
    """Run the whole job on an embedded Keycloak.

    Starts a Keycloak on this machine, without Docker or an installed Java, and with the extension where its jar is
    there. Imports a sample realm, shows the preview, enforces 2FA, and logs one user in on the real pages.

    Example:
        kc2fa demo --keep
    """
    from keycloak_2fa.demo import demo_server, run_demo

    with demo_server(port, terminal.step, without_extension=without_extension) as server:
        done = run_demo(server, terminal.step, pictures=pictures)
        warnings = (*done.notes, *done.enforcement.warnings)
        url, pid = server.keycloak.url, None
        if keep:
            pid = server.keycloak.leave_running()
        elif terminal.interactive(flags):
            console = terminal.stdout()
            _show(console, done)
            terminal.notes(warnings)
            _where(console, done, "Press Enter here to stop it.")
            _wait()
            return Answer(
                data=lambda: document(done, url, pid).as_json(),
                text=lambda console: console.print(f"Stopped. {_kept()}"),
            )

    def text(console: "Console") -> None:
        _show(console, done)
        if keep:
            _where(console, done, f"Stop it with: kill {pid}")
        else:
            # No invitation: nothing answers there any more.
            console.print(
                f"The server is stopped. With --keep it runs on, and users log in at {done.account_url}, an "
                f"administrator at {done.console_url} (--port {urlsplit(url).port} keeps the port).",
                soft_wrap=True,
            )
        console.print(_kept(), soft_wrap=True)

    return Answer(data=lambda: document(done, url, pid).as_json(), text=text, warnings=warnings)


def _wait() -> None:
    # Ctrl-C is a way to stop it like any other: the job was done before.
    with suppress(KeyboardInterrupt):
        sys.stdin.readline()


def _kept() -> str:
    from embedded_keycloak import default_cache

    return f"Keycloak is cached in {default_cache()} (in a checkout, make clean-cache removes it)."


def _show(console: "Console", done: "Demo") -> None:
    """What was done."""
    console.rule("Before: kc2fa preview")
    preview.text(console, done.preview)
    console.rule("kc2fa enforce")
    enforce.text(console, done.enforcement)
    console.rule("A login through the real pages")
    for number, sentence in enumerate(done.login, 1):
        console.print(f"{number}. {sentence}")
    if done.pictures:
        console.rule("Pictures of the pages")
        for file in done.pictures:
            console.print(str(file), soft_wrap=True)


def _where(console: "Console", done: "Demo", stop: str) -> None:
    """Where to log in while the server runs, and how to stop it."""
    console.rule("Try it in a browser")
    tables.facts(
        console,
        [
            ("Set-up page, after the password", done.account_url),
            ("as", f"{done.user}, password {done.user_password}"),
            *([("Security page", done.security_url)] if done.security_url else []),
            ("Admin console", done.console_url),
            ("as", f"{done.admin}, password {done.admin_password}"),
        ],
    )
    console.print(stop)


def document(done: "Demo", url: str, pid: int | None) -> "DemoDocument":
    """The JSON data.

    Args:
        done: What was done.
        url: The server's.
        pid: Of the server, where it runs on.
    """
    from keycloak_2fa.documents import AccountDocument, DemoDocument
    from keycloak_2fa_cli import documents

    kept = {"pid": pid} if pid is not None else {}
    return DemoDocument(
        preview=documents.preview(done.preview),
        enforce=documents.enforcement(done.enforcement),
        login=list(done.login),
        account_url=done.account_url,
        security_url=done.security_url,
        console_url=done.console_url,
        pictures=[str(file) for file in done.pictures],
        # Made for this server, which lives on loopback and holds nobody's data: without them nobody could look.
        user=AccountDocument(username=done.user, password=done.user_password),
        admin=AccountDocument(username=done.admin, password=done.admin_password),
        kept=pid is not None,
        server_url=url,
        **kept,
    )
