"""`verify`: every way around 2FA that is known, looked for with roles for reading only.

Each check names the roles that it needs. One that cannot be made is a finding too: what was not looked at
cannot be said to hold. While the extension's guard is live, what it holds is told apart from what stands open.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keycloak_2fa import (
    endpoints,
    enforcement_traces,
    exempt_logins,
    exemption_findings,
    exemptions,
    findings,
    guard,
    lookup,
    mark,
    people,
    required_action,
    selection,
    server_version,
    skipped_pages,
    timestamps,
    uncovered,
    user_storages,
    ways_around,
)
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.errors import RoleMissingError, UsageError
from keycloak_2fa.findings import Finding, FindingId, Severity
from keycloak_2fa.mark import Mark, State
from keycloak_2fa.realm_reading import DEVICE_GRANT, Client, RealmReading
from keycloak_2fa.selection import Standing
from keycloak_2fa.server_version import Usage

Progress = Callable[[int, int], None]

GUARD = "guard"
"""What holds the findings that are held: the extension's guard."""


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        realm: The realm's name.
        mark: The one-time mark; None where the caller may not see it.
        findings: What stands open, the gravest first.
        held: What would stand open without the extension's guard, in the same order.
        skipped: Checks that the caller left out on purpose.
        notes: What to know beside, a sentence each.
    """

    realm: str
    mark: Mark | None
    findings: tuple[Finding, ...]
    skipped: tuple[FindingId, ...]
    held: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing stands open, and everything was looked at that was not left out on purpose."""
        return not self.findings


@dataclass(frozen=True)
class _Check:
    id: FindingId
    roles: tuple[str, ...]
    find: Callable[[RealmReading], Iterable[Finding]]


_REALM = "view-realm"
_CLIENTS = "view-clients"
_PEOPLE = (_REALM, "view-users")
_EVENTS = "view-events"


def checks(names: Iterable[str]) -> frozenset[FindingId]:
    """The checks that a person names.

    Raises:
        UsageError: There is no such check.
    """
    try:
        chosen = frozenset(FindingId(name) for name in names)
    except ValueError as error:
        raise UsageError(f"{error}.", f"The ids are: {', '.join(FindingId)}.") from None
    if FindingId.NOT_CHECKED in chosen:
        raise UsageError("not-checked is no check of its own.", "Name the check that could not be made.")
    return chosen


def verify(
    api: AdminApi,
    *,
    skip: Collection[FindingId] = (),
    on_progress: Progress = lambda _seen, _total: None,
) -> Verification:
    """Look for every way around 2FA; writes nothing.

    Args:
        api: The caller's connection; any admin role of the realm will do, and what needs more is named.
        skip: Checks to leave out.
        on_progress: Told how many people were seen, of how many.

    Raises:
        Error: The realm is unknown, the login failed, or the server fails.
    """
    realm = RealmReading(api)
    missing = lacking(realm)
    found = [
        *settings(realm, skip=skip, lacking=missing),
        *([] if FindingId.UNCOVERED_USERS in skip else _people(realm, missing, on_progress)),
    ]
    rank = list(Severity)
    found.sort(key=lambda each: rank.index(each.severity))
    current = None if _REALM in missing else realm.mark
    held = [each for each in found if each.id in findings.HELD_BY_GUARD] if _guard_watches(realm, current) else []
    return Verification(
        realm=realm.name,
        mark=current,
        findings=tuple(each for each in found if each not in held),
        held=tuple(findings.held(each) for each in held),
        skipped=tuple(sorted(skip)),
        notes=tuple(_notes(realm, missing, skip)),
    )


def settings(
    realm: RealmReading, *, skip: Collection[FindingId] = (), lacking: Collection[str] = ()
) -> Iterator[Finding]:
    """Look at everything but the people.

    Args:
        realm: The realm.
        skip: Checks to leave out.
        lacking: Roles that the caller lacks.
    """
    for check in _CHECKS:
        if check.id in skip:
            continue
        if missing := [role for role in check.roles if role in lacking]:
            yield _not_checked(check.id, missing)
            continue
        try:
            yield from list(check.find(realm))
        except RoleMissingError:
            # Any administrator may read it, and the caller is none; or a permission of Keycloak's narrows a role.
            yield _not_checked(check.id, [*(check.roles or (_REALM,))])


def lacking(realm: RealmReading) -> frozenset[str]:
    """The roles for reading that the caller lacks.

    Raises:
        UnknownRealmError: There is no such realm.
    """
    return realm.lacking


def _guard_watches(realm: RealmReading, current: Mark | None) -> bool:
    """Whether the guard asks at every login. Who may not read the realm's state cannot know."""
    return current is not None and current.state is not State.OFF and realm.guard.live


def _notes(realm: RealmReading, lacking: Collection[str], skip: Collection[FindingId]) -> Iterator[str]:
    if _EVENTS in lacking and not {FindingId.UNCOVERED_USERS, FindingId.CONSENT_REPLAYED} <= {*skip}:
        yield (
            "The caller lacks view-events: how users came to be uncovered is not told, and logins that skipped a page "
            "are not looked for."
        )
    if _REALM not in lacking:
        yield from guard.can_be_switched_on(realm.guard, realm.mark)


def _totp_action(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.totp_action(required_action.find(realm.required_actions), realm.server.required_actions)


def _default_action(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.default_action(required_action.find(realm.required_actions))


def _self_removal(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.self_removal(realm.required_actions)


def _policy(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.policy(realm.settings)


def _brute_force(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.brute_force(realm.settings.representation)


def _weak_limits(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.weak_limits(realm.settings.representation)


def _weak_policy(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.weak_policy(realm.settings.representation)


def _set_up_skippable(realm: RealmReading) -> Iterator[Finding]:
    # The extension looks whether a login gave its second factor where the login ends, with the guard or without it.
    if not realm.guard.offered or (_REALM not in realm.lacking and _guard_watches(realm, realm.mark)):
        yield findings.of(FindingId.SET_UP_SKIPPABLE, "required actions")


def _conditional_flows(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.conditional_flows(realm.settings.representation, _clients_if_any(realm), realm.flow)


def _clients_if_any(realm: RealmReading) -> Iterable[Client] | None:
    """The clients; None where the caller may not read them."""
    return None if _CLIENTS in realm.lacking else realm.clients


def _saml_ecp(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.saml_ecp(realm.clients, realm.flow)


def _docker_clients(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.docker_clients(realm.settings.representation, realm.clients, realm.server.features, realm.flow)


def _client_policies(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.client_policies(realm.client_policies, realm.flow_if_any)


def _grants(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.grants(realm.settings.representation, realm.clients, realm.server.features)


def _default_roles(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.default_roles(realm.default_roles, realm.client_names)


def _passkeys(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.passkeys(realm.settings.representation, realm.flow)


def _reset_credentials(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.reset_credentials(realm.settings.representation, realm.flow)


def _client_overrides(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.client_overrides(realm.clients, realm.flow_aliases, realm.flow)


def _direct_grants(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.direct_grants(realm.settings.representation, realm.clients, realm.flow)


def _brokers(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.brokers(realm.identity_providers, realm.flow)


def _expired(realm: RealmReading) -> Iterator[Finding]:
    return exemption_findings.expired(realm.exemptions, exemptions.today(), lambda who: _uncovered(realm, who))


def _unaccounted(realm: RealmReading) -> Iterator[Finding]:
    return exemption_findings.unaccounted(realm.exemptions, exemptions.today())


def _exempt_asked(realm: RealmReading) -> Iterator[Finding]:
    if asking := exempt_logins.asking_flows(realm):
        yield from exemption_findings.asked(exempt_logins.without_otp(realm), asking)


def _guard_off(realm: RealmReading) -> Iterator[Finding]:
    doubtful = realm.guard.offered and realm.guard.representation is None and realm.mark.state is not State.OFF
    path = f"authentication/required-actions/{guard.ALIAS}"
    return enforcement_traces.guard_off(
        realm.mark, realm.guard, _deletions(realm, path, "REQUIRED_ACTION") if doubtful else []
    )


def _record_missing(realm: RealmReading) -> Iterator[Finding]:
    if realm.mark.state is not State.OFF:
        return iter(())
    return enforcement_traces.record_missing(
        realm.mark, realm.guard, mark.kept(realm.api), _deletions(realm, f"roles/{mark.ROLE}", "REALM_ROLE")
    )


def _deletions(realm: RealmReading, path: str, resource: str) -> list[Mapping[str, Any]]:
    """The newest admin event of a deletion, for a caller who may read them."""
    if _EVENTS in realm.lacking:
        return []
    query = {"operationTypes": "DELETE", "resourceTypes": resource, "resourcePath": path, "max": 1}
    return list(realm.api.get(endpoints.admin_events(realm.name), **query))


def _consent_replayed(realm: RealmReading) -> Iterator[Finding]:
    since = _since(realm.mark)
    if since is None or _EVENTS in realm.lacking:
        return iter(())
    # Signing everybody out ended the sessions from before it, whatever they began with.
    signed_out = timestamps.at(realm.settings.representation.get("notBefore", 0))
    events = realm.api.get(endpoints.events(realm.name), type="LOGIN", max=skipped_pages.LOOKED_AT)
    return skipped_pages.logins(events, realm.clients, max(since, signed_out))


def _uncovered(realm: RealmReading, user_id: str) -> bool:
    user = lookup.with_id(realm.api, user_id)
    return user is not None and selection.standing(people.from_representation(user)) is Standing.UNCOVERED


def _server(realm: RealmReading) -> Iterator[Finding]:
    version = realm.server.version
    if version is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.SERVER_VULNERABLE.value,
            title="Not checked: the server's version, which Keycloak does not tell this caller",
            # From 26.4 on no role for reading will do, and in some releases no role of the realm.
            fix="Give the caller manage-realm (client realm-management), or log in as an administrator of master; or "
            f"look at the version yourself and leave the check out by --skip {FindingId.SERVER_VULNERABLE}",
        )
    else:
        yield from ways_around.server(version, _usage(realm))


def _usage(realm: RealmReading) -> Usage:
    """What of the holes' conditions is in use here; what may not be read counts as used."""
    representation = realm.settings.representation
    clients = _clients_if_any(realm)
    return Usage(
        features=realm.server.features,
        realm=server_version.switches(representation),
        clients=None
        if clients is None
        else frozenset(
            kind
            for kind, attribute in {
                server_version.Client.CIBA: ways_around.CIBA_GRANT,
                server_version.Client.DEVICE: DEVICE_GRANT,
                server_version.Client.JWT_GRANT: ways_around.JWT_GRANT,
            }.items()
            if any(each.has(attribute) for each in clients)
        ),
        enforces_flows=bool(realm.client_policies.enforced_flows),
    )


def _open_sessions(realm: RealmReading) -> Iterator[Finding]:
    current = realm.mark
    since = _since(current)
    if current.state is not State.OFF and since is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.OPEN_SESSIONS.value,
            title=f"Not checked: {FindingId.OPEN_SESSIONS}: the role {mark.ROLE} does not say since when 2FA is ON",
            fix="Set the role's attribute enforced_at to that time, as in 2026-12-31T12:00:00Z, or leave the check out "
            f"by --skip {FindingId.OPEN_SESSIONS}",
        )
    # notBefore is set by signing everybody out: whatever is older is dead already.
    if since is None or timestamps.at(realm.settings.representation.get("notBefore", 0)) >= since:
        return
    for client in realm.clients_with_sessions_before(since):
        yield findings.of(FindingId.OPEN_SESSIONS, client)


def _people(realm: RealmReading, lacking: Collection[str], on_progress: Progress) -> Iterator[Finding]:
    if missing := [role for role in _PEOPLE if role in lacking]:
        yield _not_checked(FindingId.UNCOVERED_USERS, missing)
        return
    yield from _unseen(realm)
    today = exemptions.today()
    # Expired ones too: each is a finding of its own, and would be said twice.
    exempt = frozenset(each.user_id for each in realm.exemptions if each.expired(today) or each.holds(today))
    found = uncovered.find(realm.api, exempt, on_progress)
    stories: Mapping[str, str] = {}
    if _EVENTS not in lacking and (since := _since(realm.mark)):
        told = {each.id: uncovered.story(realm.api, each, since) for each in found.named}
        stories = {user_id: story for user_id, story in told.items() if story}
    yield from uncovered.to_findings(found, stories)


def _unseen(realm: RealmReading) -> Iterator[Finding]:
    """User storages of which Keycloak leaves the users out of its list, because they do not answer."""
    storages = [each for each in user_storages.every(realm.api) if not each.imports]
    answering = user_storages.answering(realm.api, storages)
    for each in storages:
        if answering.get(each.id) is False:
            yield findings.of(
                FindingId.NOT_CHECKED,
                FindingId.UNCOVERED_USERS.value,
                title=f"Not checked: users of the user storage {each.name!r}, which does not answer",
                fix="Run again when it answers",
            )
        elif answering.get(each.id, False) is None:
            yield findings.of(
                FindingId.NOT_CHECKED,
                FindingId.UNCOVERED_USERS.value,
                title=f"Not checked: whether the user storage {each.name!r}, whose import is off, answers",
                fix="Give the caller manage-realm (client realm-management), without which Keycloak does not try it",
            )


def _since(current: Mark) -> datetime | None:
    """When enforcement was done, or begun; None where it was not, or that is not told."""
    if current.state is State.OFF:
        return None
    return timestamps.parse(current.enforced_at) or timestamps.parse(current.started_at)


def _not_checked(check: FindingId, roles: list[str], what: str | None = None) -> Finding:
    names = " and ".join(roles)
    return findings.of(
        FindingId.NOT_CHECKED,
        check.value,
        title=f"Not checked: {what or check.value}, for lack of {names}",
        fix=f"Give the caller {names} (client realm-management), or leave the check out by --skip {check}",
    )


_CHECKS = (
    _Check(FindingId.SET_UP_SKIPPABLE, (), _set_up_skippable),
    _Check(FindingId.TOTP_ACTION_OFF, (), _totp_action),
    _Check(FindingId.DEFAULT_ACTION_OFF, (), _default_action),
    _Check(FindingId.OTP_SELF_REMOVAL, (), _self_removal),
    _Check(FindingId.GUARD_OFF, (_REALM,), _guard_off),
    _Check(FindingId.ENFORCEMENT_RECORD_MISSING, (_REALM,), _record_missing),
    _Check(FindingId.OTP_POLICY_DRIFT, (_REALM,), _policy),
    _Check(FindingId.OTP_POLICY_WEAK, (_REALM,), _weak_policy),
    _Check(FindingId.BRUTE_FORCE_OFF, (_REALM,), _brute_force),
    _Check(FindingId.BRUTE_FORCE_WEAK, (_REALM,), _weak_limits),
    _Check(FindingId.FLOW_CONDITIONAL, (_REALM,), _conditional_flows),
    _Check(FindingId.PASSKEY_SKIPS_OTP, (_REALM,), _passkeys),
    _Check(FindingId.RESET_CREDENTIALS, (_REALM,), _reset_credentials),
    _Check(FindingId.CLIENT_POLICY_FLOW, (_REALM,), _client_policies),
    _Check(FindingId.CLIENT_FLOW_OVERRIDE, (_REALM, _CLIENTS), _client_overrides),
    _Check(FindingId.DIRECT_GRANT_CLIENTS, (_REALM, _CLIENTS), _direct_grants),
    _Check(FindingId.SAML_ECP, (_REALM, _CLIENTS), _saml_ecp),
    _Check(FindingId.DOCKER_CLIENTS, (_REALM, _CLIENTS), _docker_clients),
    _Check(FindingId.GRANT_WITHOUT_2FA, (_REALM, _CLIENTS), _grants),
    _Check(FindingId.BROKER_WITHOUT_2FA, (_REALM, "view-identity-providers"), _brokers),
    _Check(FindingId.DEFAULT_ROLES_ADMIN, (_REALM, _CLIENTS), _default_roles),
    _Check(FindingId.OPEN_SESSIONS, (_REALM, _CLIENTS), _open_sessions),
    _Check(FindingId.CONSENT_REPLAYED, (_REALM, _CLIENTS), _consent_replayed),
    _Check(FindingId.EXEMPTION_UNACCOUNTED, (_REALM,), _unaccounted),
    _Check(FindingId.EXEMPTION_EXPIRED, _PEOPLE, _expired),
    _Check(FindingId.EXEMPTION_ASKED, _PEOPLE, _exempt_asked),
    _Check(FindingId.SERVER_VULNERABLE, (_REALM,), _server),
)
"""Everything but the people, who take longest. Required actions and features any administrator may read."""
