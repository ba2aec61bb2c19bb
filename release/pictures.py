"""Makes the pictures of docs/pictures from a real run: a session at the terminal (SVG), and the pages (PNG).

    python release/pictures.py

It needs the extension's jar (`make extension`) and a Chromium. The session is what the command wrote; the pages are
what the browser showed.
"""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.demo import demo_server, run_demo
from keycloak_2fa.demo_pictures import why_none
from keycloak_2fa.enforcement.preflight import CONSENT
from keycloak_2fa.settings import AdminUser, ConnectionSettings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDTH = 110
REALM = "example"
SESSION = (("status",), ("enforce", "--confirm", CONSENT), ("status",))
_FONTS_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def run_on_terminal(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """What the command writes to a terminal, colours and all; progress, on stderr, is left out."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "keycloak_2fa_cli", *arguments],
        env=os.environ | environment | {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "LINES": "50"},
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=subprocess.DEVNULL,
    )
    os.close(its)
    written = b""
    while chunk := _read(ours):
        written += chunk
    os.close(ours)
    if process.wait() != 0:
        message = f"kc2fa {' '.join(arguments)} ended with {process.returncode}:\n{written.decode()}"
        raise RuntimeError(message)
    return written.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end is closed
        return b""


def picture_of_session(commands: Sequence[tuple[str, str]]) -> str:
    """An SVG of commands and what they wrote. It loads nothing, no font either."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    for command, written in commands:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        console.print(Text.from_ansi(written.rstrip()))
        console.print()
    return _FONTS_ELSEWHERE.sub("", console.export_svg(title="kc2fa", unique_id="kc2fa"))


def session(server: EmbeddedKeycloak) -> str:
    """The demo's realm once more under another name, from OFF to ON."""
    master = AdminUser(server.username, server.password)
    api = AdminApi(ConnectionSettings(server_url=server.url, realm=REALM, auth_realm="master", credentials=master))
    text = (ROOT / "realm" / "sample-realm.json").read_text().replace("default-roles-demo", f"default-roles-{REALM}")
    api.call(api.keycloak.create_realm, json.loads(text) | {"realm": REALM})
    environment = {
        "KC2FA_SERVER_URL": server.url,
        "KC2FA_REALM": REALM,
        "KC2FA_USERNAME": server.username,
        "KC2FA_PASSWORD": server.password,
    }
    written = []
    for arguments in SESSION:
        shown = " ".join(f'"{each}"' if " " in each else each for each in ("kc2fa", *arguments))
        written.append((shown, run_on_terminal(arguments, environment)))
    return picture_of_session(written)


def main() -> int:
    if reason := why_none():
        sys.stderr.write(f"{reason}\n")
        return 1
    with demo_server(0, lambda said: print(said, file=sys.stderr)) as server:
        if not server.with_extension:
            sys.stderr.write("No pictures: build the extension first (make extension).\n")
            return 1
        demo = run_demo(server, pictures=FOLDER)
        (FOLDER / "session.svg").write_text(session(server.keycloak))
    for note in demo.notes:
        print(note, file=sys.stderr)
    for file in (*demo.pictures, FOLDER / "session.svg"):
        print(file)
    return 1 if demo.notes else 0


if __name__ == "__main__":
    sys.exit(main())
