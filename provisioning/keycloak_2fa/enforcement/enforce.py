"""Enforcement itself, in the order that keeps it safe to interrupt anywhere (contract, rules 1 to 6).

Refuse, claim the state of enforcement, set the realm, ask everybody, set it to ON. The realm is the only state: after a
crash it says ENFORCING, and the next run, on any machine, finishes.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from time import monotonic

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine, forecast, preflight
from keycloak_2fa.enforcement.by_admin_api import OverAdminApi
from keycloak_2fa.enforcement.preflight import Risk
from keycloak_2fa.enforcement.preview import Preview
from keycloak_2fa.enforcement.sweep import Progress, Sweep
from keycloak_2fa.errors import RefusedError
from keycloak_2fa.invitations import invitations
from keycloak_2fa.people import exemptions, federation
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.realm import enforcement_state, guard, login_theme
from keycloak_2fa.realm.enforcement_state import Counted, EnforcementState
from keycloak_2fa.realm.settings import Change, RealmSettings, apply_settings, get_settings, plan_settings
from keycloak_2fa.warning_codes import CodedWarning, WarningCode


class PlanOutdatedError(RefusedError):
    """The realm has changed since the preview that a person consented to."""

    code = "plan-outdated"


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        realm: The realm's settings as they were found.
        after: The realm's settings as they were read afterwards.
        enforcement: The state of enforcement as the run left it.
        engine: What marked the users first.
        sweep: Who stands where now, and who was marked.
        unseen_providers: Names of user providers that did not answer, so that their people were not seen.
        service_accounts: Clients' own users, which are never asked.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        changes: What was changed on the realm.
        seconds: How long it took.
        warnings: What Keycloak will do next, a sentence each.
        unseen_accepted: Whether it was accepted, for this run, that the providers' users were not seen.
    """

    realm: RealmSettings
    after: RealmSettings
    enforcement: EnforcementState
    engine: str
    sweep: Sweep
    unseen_providers: tuple[str, ...]
    service_accounts: int
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    changes: tuple[Change, ...]
    seconds: float
    warnings: tuple[CodedWarning, ...]
    unseen_accepted: bool = False

    @property
    def complete(self) -> bool:
        """Whether everybody is covered, or a person has accepted those who are not."""
        refused_accepted = Risk.UNWRITABLE_USERS in self.enforcement.accepted
        seen = not self.unseen_providers or self.unseen_accepted
        return seen and (refused_accepted or not self.sweep.refused)


def nothing_done(found: Preview) -> Outcome:
    """The result where a preview found 2FA ON and nothing to do."""
    return Outcome(
        realm=found.realm,
        after=found.realm,
        enforcement=found.enforcement,
        engine=found.engine,
        sweep=Sweep(found.people.population, marked=0, refused=(), passes=1),
        unseen_providers=(),
        service_accounts=found.people.service_accounts,
        exemptions=found.exemptions,
        pending_invitations=found.pending_invitations,
        changes=(),
        seconds=0.0,
        warnings=(),
    )


def check_shown(plan: Preview, changes: Iterable[Change]) -> None:
    """Check that a plan shows what would be changed on the realm now. Pure.

    Raises:
        PlanOutdatedError: It does not. What was changed in the meantime as the plan has it is no obstacle.
    """
    if more := [each.setting for each in changes if each not in plan.changes]:
        raise PlanOutdatedError(
            f"Nothing was done: the realm has changed since the preview, and {', '.join(more)} would be changed too.",
            "Run kc2fa enforce again: it shows the realm as it is now.",
        )


def enforce(
    api: AdminApi,
    *,
    consent: str | None,
    accept: Collection[Risk] = (),
    sign_out: bool = False,
    with_login_theme: bool = False,
    plan: Preview | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Enforce 2FA on the realm, finish an interrupted enforcement, or set back what has drifted.

    Args:
        api: The caller's connection.
        consent: The words of `preflight.CONSENT`.
        accept: Risks that a person has accepted.
        sign_out: End all open sessions afterwards, offline ones too.
        with_login_theme: Switch on the login theme.
        plan: What a person was shown and consented to. Nothing is changed on the realm that it does not show, and
            users whom it read are not read again, but for the write.
        on_progress: Told after every page of people.

    Returns:
        What was done. Where it is not `complete` the state is ENFORCING, also where it said ON before.

    Raises:
        PlanOutdatedError: The realm has changed since the plan, so that more would be changed than it shows.
        RefusedError: What else keeps it from being done. Nothing was written.
        Error: Whatever else stops it; a later run goes on.
    """
    began = monotonic()
    preflight.check_consent(consent)
    who = caller.identify(api)
    realm = preflight.realm_to_enforce(api, who)
    server = api.get_patiently(endpoints.server_info())
    preflight.check(api, who, server, accept)
    if with_login_theme:
        login_theme.check(server)
    by = (plan and plan.by) or engine.choose_engine(api)
    said = forecast.warnings(api, realm, rewrites_users=by.rewrites_users, sign_out=sign_out)
    watch = guard.read(api)
    said += guard.warnings(watch)
    if plan:
        check_shown(plan, plan_settings(realm) + guard.changes(watch))
    exempt, today = exemptions.list_exemptions(api), timestamps.today()
    providers = federation.list_providers(api)
    answering = federation.answering(api, providers)
    said += forecast.exemptions_over(exempt, today)

    claimed = enforcement_state.get_state(api)
    if claimed.state is enforcement_state.State.OFF:
        claimed = enforcement_state.claim(api, run_id=str(uuid.uuid4()), by=who.username, engine=by.name)
    changes = apply_settings(api, realm) + guard.apply(api, watch)
    if with_login_theme:
        changes += login_theme.apply(api, realm)
    service_accounts, swept = by.mark_everybody(
        exemptions.valid(exempt, today), plan.register if plan else None, on_progress
    )
    # Read again: the extension, or a second run, may have set it to ON by now.
    now = enforcement_state.get_state(api)
    # It may have been deleted, too: what was claimed is written again.
    claimed = claimed if now.state is enforcement_state.State.OFF else now
    # Users of a provider that did not answer, before or by now, were not seen, let alone marked.
    answering = federation.both(answering, federation.answering(api, providers))
    said += federation.warnings(providers, answering)
    unseen = federation.silent(providers, answering)
    refused_accepted = Risk.UNWRITABLE_USERS in {*accept, *claimed.accepted}
    # An earlier acceptance was for named users; users that were not seen must be accepted each time.
    unseen_accepted = Risk.UNWRITABLE_USERS in accept
    if (refused_accepted or not swept.refused) and (unseen_accepted or not unseen):
        claimed = enforcement_state.finish(api, claimed, accept)
    else:
        claimed = enforcement_state.reopen(api, claimed)
    if isinstance(by, OverAdminApi):
        enforcement_state.keep_count(api, Counted(timestamps.now(), swept.population))
    open_invitations = invitations.pending(api, realm)
    if open_invitations is None:
        said.append(invitations.NOT_VISIBLE)
    after = get_settings(api)
    if sign_out:
        # Last of all: it ends the caller's own session, and a caller without OTP may get no other.
        api.post(endpoints.logout_all(realm.name))
        said.append(WarningCode.SESSIONS_ENDED.says("All sessions were ended, offline ones too."))
    return Outcome(
        realm=realm,
        after=after,
        enforcement=claimed,
        engine=claimed.engine or by.name,
        sweep=swept,
        unseen_providers=unseen,
        service_accounts=service_accounts,
        exemptions=exempt,
        pending_invitations=open_invitations,
        changes=changes,
        seconds=monotonic() - began,
        warnings=tuple(said),
        unseen_accepted=unseen_accepted,
    )
