"""`harden`: closes the ways around 2FA that settings of the realm can close.

Each way that settings can close is planned for, whether `verify` names it or the extension's guard holds it; after the
steps `verify` looks again, and what is still open is named.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.caller import Caller
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.errors import CallerLockedOutError, RefusedError, RoleMissingError, UsageError
from keycloak_2fa.hardening.fix import Effect, Fix
from keycloak_2fa.hardening.fixes import REMEDIES, Remedy
from keycloak_2fa.hardening.flow_copies import StillOpenError
from keycloak_2fa.realm import flows, required_action, roles
from keycloak_2fa.realm.enforcement_state import State
from keycloak_2fa.realm.settings import Change
from keycloak_2fa.verification import exempt_logins
from keycloak_2fa.verification.checks import CHECK_OF
from keycloak_2fa.verification.findings import Finding, FindingId
from keycloak_2fa.verification.snapshot import Snapshot
from keycloak_2fa.verification.verify import choose_checks, find_gaps
from keycloak_2fa.warning_codes import CodedWarning, WarningCode


class WouldLockOutError(RefusedError):
    """The fix would lock out all users who have no OTP yet."""

    code = "would-lock-out"


class NotEnforcedError(RefusedError):
    """The realm is OFF, but its flows would require OTP."""

    code = "not-enforced"


class HardeningRisk(StrEnum):
    """What a person may accept with `--accept`."""

    NOT_ENFORCED = "not-enforced"
    """The flows demand OTP of everybody before `enforce` has asked them."""

    EXEMPT_ASKED = exempt_logins.ACCEPT
    """Exempt users must set up OTP like everybody."""


@dataclass(frozen=True)
class Obstacle:
    """What a plan is refused for.

    Attributes:
        error: The refusal.
        risk: By what it may be accepted; None where it may not.
    """

    error: RefusedError
    risk: HardeningRisk | None = None


@dataclass(frozen=True)
class HardeningPlan:
    """What closing the chosen ways takes.

    Attributes:
        realm: The realm's name.
        chosen: What shall be closed.
        fixes: The steps, in their order, each with what it closes.
        warnings: What people will notice, a sentence each.
        obstacles: What it is refused for.
    """

    realm: str
    chosen: frozenset[FindingId]
    fixes: tuple[tuple[FindingId, Fix], ...]
    warnings: tuple[CodedWarning, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def changes(self) -> tuple[tuple[FindingId, Change], ...]:
        """Every setting that is changed, with what that closes."""
        return tuple((kind, change) for kind, fix in self.fixes for change in fix.changes)


_LOGIN_CLIENT = "admin-cli"
"""The client by which an administrator logs in from the command line, with a direct access grant."""


def chosen(names: Iterable[str]) -> frozenset[FindingId]:
    """The ways that a person names, to be closed.

    Raises:
        UsageError: There is no such gap, or no setting closes it.
    """
    ids = choose_checks(names)
    for each in sorted(ids):
        if otherwise := CHECK_OF[each].closed_otherwise:
            raise UsageError(f"No setting of the realm closes {each}.", otherwise)
    return ids


def risks(names: Iterable[str]) -> frozenset[HardeningRisk]:
    """The risks that a person names.

    Raises:
        UsageError: There is no such risk.
    """
    try:
        return frozenset(HardeningRisk(name) for name in names)
    except ValueError as error:
        raise UsageError(f"--accept: {error}.", f"The risks are: {', '.join(HardeningRisk)}.") from None


def plan_hardening(api: AdminApi, ids: Collection[FindingId] | None) -> HardeningPlan:
    """Find out what closing the chosen ways takes; writes nothing.

    Args:
        api: The caller's connection.
        ids: The ways, see `chosen`; None for all that the caller can close.

    Raises:
        RoleMissingError: The caller may not look at, or not close, what is named in `ids`.
        AliasTooLongError: A flow cannot be copied.
    """
    realm = Snapshot(api)
    who = caller.identify(api)
    wanted = frozenset(each.id for each in REMEDIES) if ids is None else frozenset(ids)
    unseen = realm.lacking
    if ids is None and "view-realm" not in unseen and not flows.OURS & realm.authenticators:
        # Only the extension's steps know of exemptions.
        wanted -= {FindingId.EXEMPTION_ASKED}
    found: list[tuple[FindingId, Fix]] = []
    for remedy in [each for each in REMEDIES if each.id in wanted]:
        missing = sorted(unseen.intersection(remedy.roles))
        if not missing:
            found += [(remedy.id, fix) for fix in remedy.plan(realm)]
        elif ids is not None:
            raise RoleMissingError(
                f"Not checked: {remedy.id}, for lack of {' and '.join(missing)}.",
                "Give the caller that role (client realm-management).",
            )
    closable = {kind for kind, _ in found}
    lacking = {
        each.id: needed
        for each in sorted(REMEDIES, key=lambda each: each.id)
        if each.id in closable and (needed := _missing(who, each))
    }
    if lacking and (ids is not None or lacking.keys() == closable):
        kind, needed = next(iter(lacking.items()))
        raise RoleMissingError(
            f"{who.username} cannot close {kind}: {' and '.join(needed)} is missing.",
            f"Give it {' and '.join(needed)} (client realm-management).",
        )
    fixes = tuple(_once((kind, fix) for kind, fix in found if kind not in lacking))
    return HardeningPlan(
        realm=realm.name,
        chosen=wanted,
        fixes=fixes,
        warnings=tuple(_warnings(fixes)),
        obstacles=roles.naming(lambda: roles.check_realm(api, who), lambda: tuple(_obstacles(realm, who, fixes))),
    )


def check_plan(plan: HardeningPlan, accepted: Collection[HardeningRisk]) -> None:
    """Refuse what must be refused.

    Raises:
        RefusedError: An obstacle that is not accepted: OTP would be demanded where nobody can set it up, where 2FA is
            OFF, or of exempt users; or the caller's own login would be stopped.
    """
    for obstacle in plan.obstacles:
        if obstacle.risk is None or obstacle.risk not in accepted:
            raise obstacle.error


def apply_hardening(api: AdminApi, plan: HardeningPlan, accept: Collection[HardeningRisk] = ()) -> tuple[Finding, ...]:
    """Take every step of a plan, and look again.

    Args:
        api: The caller's connection.
        plan: See `plan_hardening`.
        accept: Risks that a person has accepted.

    Returns:
        What of the chosen is still open.

    Raises:
        RefusedError: See `check_plan`; nothing was written.
        Error: A role is missing, or the server fails; what was done stays, and a later run goes on.
    """
    check_plan(plan, accept)
    for _, fix in plan.fixes:
        fix.carry_out(api)
    realm = Snapshot(api)
    return tuple(find_gaps(realm, skip=frozenset(FindingId) - plan.chosen))


def still_open(plan: HardeningPlan, left: Collection[Finding]) -> StillOpenError | None:
    """The error where something of the chosen is still open; what could not be looked at is not."""
    open_ids = sorted({each.id for each in left} & plan.chosen)
    if not open_ids:
        return None
    return StillOpenError(
        f"Still open in realm {plan.realm!r}: {', '.join(open_ids)}.", "Each finding that is left names its fix."
    )


def _missing(who: Caller, remedy: Remedy) -> list[str]:
    """The roles for closing it that the caller lacks, as far as the token tells."""
    return [] if who.roles is None else [role for role in remedy.writing_roles if role not in who.roles]


def _once(found: Iterable[tuple[FindingId, Fix]]) -> Iterator[tuple[FindingId, Fix]]:
    seen: set[str] = set()
    for kind, fix in found:
        # Two ways can be one setting: the direct grant flow, and the clients that use it.
        if fix.target not in seen:
            yield kind, fix
        seen.add(fix.target)


def _obstacles(realm: Snapshot, who: Caller, fixes: Collection[tuple[FindingId, Fix]]) -> Iterator[Obstacle]:
    effects = _effects(fixes)
    action = required_action.find(realm.required_actions)
    off = action is None or not action.enabled
    if Effect.DEMANDS_OTP in effects and Effect.ENABLES_SET_UP not in effects and off:
        yield Obstacle(
            WouldLockOutError(
                "OTP would be required of all users while CONFIGURE_TOTP is off, so nobody could set it up.",
                f"Close {FindingId.TOTP_ACTION_OFF} too, or run kc2fa enforce first.",
            )
        )
    if any(_locks_out(realm, who, fix) for _, fix in fixes):
        yield Obstacle(
            CallerLockedOutError(
                f"{who.username} logs in to realm {realm.name!r} with a password and has no OTP: "
                "this would block this login from the command line.",
                "Set up OTP for this account first and give --otp, or use a service account.",
            )
        )
    if Effect.DEMANDS_OTP in effects and realm.enforcement.state is State.OFF:
        yield Obstacle(
            NotEnforcedError(
                f"2FA is OFF in realm {realm.name!r}, but its flows would require OTP of all users.",
                f"Run kc2fa enforce first, or accept it with --accept {HardeningRisk.NOT_ENFORCED}.",
            ),
            HardeningRisk.NOT_ENFORCED,
        )
    if Effect.ASKS_EXEMPT in effects and (exempt := exempt_logins.without_otp(realm)):
        names = ", ".join(each.username for each in exempt)
        yield Obstacle(
            exempt_logins.ExemptAskedError(
                f"These users are exempt but would have to set up OTP anyway: {names}.",
                "Install the extension (kc2fa extension install), whose step lets them through, or accept it "
                f"with --accept {HardeningRisk.EXEMPT_ASKED}.",
            ),
            HardeningRisk.EXEMPT_ASKED,
        )


def _locks_out(realm: Snapshot, who: Caller, fix: Fix) -> bool:
    if Effect.STOPS_DIRECT_GRANTS not in fix.effects or fix.client_id not in {None, _LOGIN_CLIENT}:
        return False
    if Effect.ASKS_EXEMPT in fix.effects:
        return preflight.logs_in_without_otp(realm.api, who)
    return realm.enforcement.state is not State.OFF and preflight.locks_out(realm.api, who)


def _warnings(fixes: Collection[tuple[FindingId, Fix]]) -> Iterator[CodedWarning]:
    effects = _effects(fixes)
    if Effect.STOPS_DIRECT_GRANTS in effects:
        said = "Direct access grants will get 'Account is not fully set up' for users without OTP."
        yield WarningCode.DIRECT_GRANTS.says(said)
    if Effect.STOPS_RESET_BY_MAIL in effects:
        said = "Users who lost their device can no longer get in by mail: use kc2fa reset for them."
        yield WarningCode.RESET_BY_MAIL_STOPS.says(said)


def _effects(fixes: Iterable[tuple[FindingId, Fix]]) -> frozenset[Effect]:
    return frozenset(effect for _, fix in fixes for effect in fix.effects)
