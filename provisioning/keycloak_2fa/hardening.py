"""`harden`: closes the ways around 2FA that settings of the realm can close.

What `verify` finds is what is planned for; after the steps it looks again, and what is still open is named.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from keycloak_2fa import caller, preflight, required_action, verification
from keycloak_2fa import fixes as steps
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.caller import Caller
from keycloak_2fa.errors import CallerLockedOutError, RefusedError, RoleMissingError, UsageError
from keycloak_2fa.findings import Finding, FindingId
from keycloak_2fa.fixes import Fix
from keycloak_2fa.hardened_flows import StillOpenError
from keycloak_2fa.mark import State
from keycloak_2fa.realm_reading import RealmReading
from keycloak_2fa.realm_settings import Change


class WouldLockOutError(RefusedError):
    """The fix would keep out everybody who has no OTP yet."""

    code = "would-lock-out"


@dataclass(frozen=True)
class Plan:
    """What closing the chosen ways takes.

    Attributes:
        realm: The realm's name.
        chosen: What shall be closed.
        fixes: The steps, in their order, each with what it closes.
        warnings: What people will notice, a sentence each.
    """

    realm: str
    chosen: frozenset[FindingId]
    fixes: tuple[tuple[FindingId, Fix], ...]
    warnings: tuple[str, ...]

    @property
    def changes(self) -> tuple[tuple[FindingId, Change], ...]:
        """Every setting that is changed, with what that closes."""
        return tuple((kind, change) for kind, fix in self.fixes for change in fix.changes)


_CLOSED_OTHERWISE: Mapping[FindingId, str] = {
    FindingId.UNCOVERED_USERS: "kc2fa enforce asks them.",
    FindingId.OPEN_SESSIONS: "kc2fa enforce --sign-out ends them.",
    FindingId.EXEMPTION_EXPIRED: "kc2fa enforce asks the user; kc2fa exempt renews or removes the exemption.",
    FindingId.SERVER_VULNERABLE: "Upgrade Keycloak.",
}

_DEMAND_OTP = frozenset(
    {
        FindingId.FLOW_CONDITIONAL,
        FindingId.CLIENT_FLOW_OVERRIDE,
        FindingId.BROKER_WITHOUT_2FA,
        FindingId.RESET_CREDENTIALS,
        FindingId.PASSKEY_SKIPS_OTP,
        FindingId.DIRECT_GRANT_CLIENTS,
    }
)
"""Fixes after which whoever has no OTP must be able to set it up."""

_REALM = "manage-realm"
_MORE: Mapping[FindingId, str] = {
    FindingId.CLIENT_FLOW_OVERRIDE: "manage-clients",
    FindingId.BROKER_WITHOUT_2FA: "manage-identity-providers",
}
"""The role that a fix needs beside manage-realm."""


def chosen(names: Iterable[str]) -> frozenset[FindingId]:
    """The ways that a person names, to be closed.

    Raises:
        UsageError: There is no such way, or no setting closes it.
    """
    ids = verification.checks(names)
    for each in sorted(ids & _CLOSED_OTHERWISE.keys()):
        raise UsageError(f"No setting of the realm closes {each}.", _CLOSED_OTHERWISE[each])
    return ids


def make(api: AdminApi, ids: Collection[FindingId] | None) -> Plan:
    """Find out what closing the chosen ways takes; writes nothing.

    Args:
        api: The caller's connection.
        ids: The ways, see `chosen`; None for all that the caller can close.

    Raises:
        RoleMissingError: The caller may not look at, or not close, what is named in `ids`.
        WouldLockOutError: OTP would be demanded where nobody can set it up.
        CallerLockedOutError: The caller's own login would be stopped.
    """
    realm = RealmReading(api)
    who = caller.identify(api)
    wanted = frozenset(steps.PLANS if ids is None else ids)
    found = frozenset(each.id for each in _found(realm, wanted, named=ids is not None))
    closable = found & steps.PLANS.keys()
    lacking = {kind: roles for kind in sorted(closable) if (roles := _missing(who, kind))}
    if lacking and (ids is not None or lacking.keys() == closable):
        kind, roles = next(iter(lacking.items()))
        raise RoleMissingError(
            f"{who.username} cannot close {kind}: {' and '.join(roles)} is missing.",
            f"Give it {' and '.join(roles)} (client realm-management).",
        )
    fixes = tuple(_fixes(realm, closable - lacking.keys()))
    _refuse_lockouts(realm, fixes)
    if _changes(fixes, "directGrantFlow"):
        _refuse_own_lockout(api, who)
    return Plan(realm.name, wanted, fixes, tuple(_warnings(realm, fixes)))


def carry_out(api: AdminApi, plan: Plan) -> tuple[Finding, ...]:
    """Take every step of a plan, and look again.

    Returns:
        What of the chosen is still open.

    Raises:
        Error: A role is missing, or the server fails; what was done stays, and a later run goes on.
    """
    for _, fix in plan.fixes:
        fix.carry_out(api)
    return tuple(_found(RealmReading(api), plan.chosen, named=False))


def still_open(plan: Plan, left: Collection[Finding]) -> StillOpenError | None:
    """The error where something of the chosen is still open; what could not be looked at is not."""
    open_ids = sorted({each.id for each in left} & plan.chosen)
    if not open_ids:
        return None
    return StillOpenError(
        f"Still open in realm {plan.realm!r}: {', '.join(open_ids)}.", "Each finding that is left says what closes it."
    )


def _found(realm: RealmReading, wanted: Collection[FindingId], *, named: bool) -> Iterator[Finding]:
    lacking = verification.lacking(realm)
    for finding in verification.settings(realm, skip=frozenset(FindingId) - frozenset(wanted), lacking=lacking):
        if named and finding.id is FindingId.NOT_CHECKED:
            raise RoleMissingError(f"{finding.title}.", "Give the caller that role (client realm-management).")
        yield finding


def _missing(who: Caller, kind: FindingId) -> list[str]:
    """The roles for closing it that the caller lacks, as far as the token tells."""
    needed = [_REALM, *([_MORE[kind]] if kind in _MORE else [])]
    return [] if who.roles is None else [role for role in needed if role not in who.roles]


def _fixes(realm: RealmReading, kinds: Collection[FindingId]) -> Iterator[tuple[FindingId, Fix]]:
    seen: set[str] = set()
    for kind, plan in steps.PLANS.items():
        for fix in plan(realm) if kind in kinds else ():
            settings = {change.setting for change in fix.changes}
            # Two ways can be one setting: the direct grant flow, and the clients that use it.
            if not settings <= seen:
                yield kind, fix
            seen |= settings


def _refuse_lockouts(realm: RealmReading, fixes: Collection[tuple[FindingId, Fix]]) -> None:
    action = required_action.find(realm.required_actions)
    mended = _changes(fixes, f"{required_action.ALIAS}.enabled")
    if _demand_otp(fixes) and not mended and (action is None or not action.enabled):
        raise WouldLockOutError(
            "OTP would be demanded of everybody while CONFIGURE_TOTP is off, so that nobody could set it up.",
            f"Close {FindingId.TOTP_ACTION_OFF} too, or run kc2fa enforce first.",
        )


def _refuse_own_lockout(api: AdminApi, who: Caller) -> None:
    if preflight.logs_in_without_otp(api, who):
        raise CallerLockedOutError(
            f"{who.username} logs in to realm {api.settings.realm!r} with a password and has no OTP: "
            "this would stop this very login from the command line.",
            "Set up OTP for this account first and give --otp, or use a service account.",
        )


def _warnings(realm: RealmReading, fixes: Collection[tuple[FindingId, Fix]]) -> Iterator[str]:
    if _demand_otp(fixes) and realm.mark.state is State.OFF:
        yield "2FA is OFF in this realm, and its flows will demand it all the same: kc2fa enforce should come first."
    if _changes(fixes, "directGrantFlow"):
        yield "Direct access grants will get 'Account is not fully set up' for users without OTP."
    if _changes(fixes, "resetCredentialsFlow"):
        yield "Whoever has lost their device cannot get in by mail any longer: kc2fa reset helps them."


def _changes(fixes: Iterable[tuple[FindingId, Fix]], setting: str) -> bool:
    return any(change.setting == setting for _, fix in fixes for change in fix.changes)


def _demand_otp(fixes: Iterable[tuple[FindingId, Fix]]) -> bool:
    return any(kind in _DEMAND_OTP for kind, _ in fixes)
