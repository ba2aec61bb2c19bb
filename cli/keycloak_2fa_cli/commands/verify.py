"""`kc2fa verify`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import NotHoldingError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms, in_each

if TYPE_CHECKING:
    from collections.abc import Collection

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.verification.findings import FindingId
    from keycloak_2fa.verification.verify import Verification


@answers("verify")
def verify(
    flags: Flags,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", help="A check to leave out on purpose, by its id; repeatable.", show_default=False),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Ways around 2FA, and drift since enforcement.

    Ends with 7 where something is found or could not be checked, with 0 where 2FA holds. Writes nothing.
    """
    from keycloak_2fa.verification import verify as verification

    left_out = verification.checks(skip or [])
    return in_each(flags, lambda api: _verify(flags, api, left_out), every=all_realms)


def _verify(flags: Flags, api: "AdminApi", left_out: "Collection[FindingId]") -> Answer:
    from keycloak_2fa.verification import verify as verification
    from keycloak_2fa_cli.views import verify as views

    with terminal.reading(flags) as on_progress:
        found = verification.verify(api, skip=left_out, on_progress=on_progress)
    return Answer(
        data=views.document(found),
        text=lambda console: views.text(console, found),
        warnings=[*found.notes, *([f"Left out on purpose: {', '.join(found.skipped)}."] if found.skipped else [])],
        error=_not_holding(found),
    )


def _not_holding(found: "Verification") -> NotHoldingError | None:
    if found.holds:
        return None
    count = len(found.findings)
    return NotHoldingError(
        f"2FA does not hold in realm {found.realm!r}: {count} {'finding' if count == 1 else 'findings'}.",
        "Each finding says what closes it; kc2fa harden --all closes what settings can close.",
    )
