"""What `kc2fa extension install` shows."""

from typing import TYPE_CHECKING, Any

from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.extension_jar import Installed

_SAID = {
    "installed": "The extension is in {jar} now.",
    "replaced": "The extension in {jar} was another one; it is replaced.",
    "unchanged": "The same extension was in {jar} already.",
}


def document(done: "Installed") -> dict[str, Any]:
    """Data of `kc2fa extension install`."""
    return {
        "keycloak_home": str(done.home),
        "keycloak_version": done.version,
        "jar": str(done.jar),
        "outcome": done.outcome.value,
        "next": list(done.next),
    }


def text(console: "Console", done: "Installed") -> None:
    """What became of the jar, and what to run next."""
    console.print(plain(_SAID[done.outcome].format(jar=done.jar)), soft_wrap=True)
    # The jar alone does not tell whether the server was built with it.
    unless = ", unless it was done already" if done.outcome.value == "unchanged" else ""
    console.print(f"Keycloak {plain(done.version)}. Next{unless}:")
    for sentence in done.next:
        console.print(f"- {plain(sentence)}", soft_wrap=True)
