"""What `kc2fa prove` shows."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.login.prove import Proof


_MARKS = {True: ("ok       ", "green"), False: ("FAILED   ", "bold red"), None: ("not tried", "bold yellow")}


def document(done: "Proof") -> dict[str, Any]:
    """Data of `kc2fa prove`."""
    return {"realm": done.realm, "holds": done.holds, "checks": [asdict(each) for each in done.checks]}


def text(console: "Console", done: "Proof") -> None:
    """Each check and what Keycloak showed."""
    for each in done.checks:
        console.print(Text.assemble(_MARKS[each.passed], f"  {each.title} ({plain(each.detail)})"), soft_wrap=True)
    if done.holds:
        console.print(f"{sentence(done)} The user made for this is gone.", soft_wrap=True)


def sentence(done: "Proof") -> str:
    """What was seen, and no more."""
    passed = sum(1 for each in done.checks if each.passed)
    of = f"{passed} of {len(done.checks)} checks"
    return f"The login of a new user of realm {plain(done.realm)!r} asks for 2FA: {of}."
