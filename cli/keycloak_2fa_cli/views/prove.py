"""What `kc2fa prove` shows."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.proof import Proof


def document(done: "Proof") -> dict[str, Any]:
    """Data of `kc2fa prove`."""
    return {"realm": done.realm, "holds": done.holds, "checks": [asdict(each) for each in done.checks]}


def text(console: "Console", done: "Proof") -> None:
    """Each check and what Keycloak showed."""
    for each in done.checks:
        mark = ("ok    ", "green") if each.passed else ("FAILED", "bold red")
        console.print(Text.assemble(mark, f"  {each.title} ({plain(each.detail)})"), soft_wrap=True)
    if done.holds:
        console.print(f"2FA holds in realm {plain(done.realm)!r}. The user made for this is gone.")
