"""`verify`: every way around 2FA that is known, looked for with roles for reading only.

Each check names the roles that it needs. One that cannot be made is a finding too: what was not looked at
cannot be said to hold.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from keycloak_2fa import (
    caller,
    findings,
    lookup,
    people,
    read_roles,
    required_action,
    selection,
    uncovered,
    ways_around,
)
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.errors import RoleMissingError, UsageError
from keycloak_2fa.findings import Finding, FindingId, Severity
from keycloak_2fa.mark import Mark, State
from keycloak_2fa.realm_reading import RealmReading
from keycloak_2fa.selection import Standing

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        realm: The realm's name.
        mark: The one-time mark; None where the caller may not see it.
        findings: The gravest first.
        skipped: Checks that the caller left out on purpose.
    """

    realm: str
    mark: Mark | None
    findings: tuple[Finding, ...]
    skipped: tuple[FindingId, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found, and everything was looked at that was not left out on purpose."""
        return not self.findings


@dataclass(frozen=True)
class _Check:
    id: FindingId
    roles: tuple[str, ...]
    find: Callable[[RealmReading], Iterable[Finding]]


_REALM = "view-realm"
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
    return Verification(
        realm=realm.name,
        mark=None if _REALM in missing else realm.mark,
        findings=tuple(sorted(found, key=lambda each: rank.index(each.severity))),
        skipped=tuple(sorted(skip)),
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
        yield from check.find(realm)


def lacking(realm: RealmReading) -> frozenset[str]:
    """The roles for reading that the caller lacks.

    Raises:
        UnknownRealmError: There is no such realm.
    """
    who = caller.identify(realm.api)
    try:
        # First of all, because it tells an unknown realm from a missing role.
        _ = realm.settings
    except RoleMissingError:
        return read_roles.lacking(realm.api, who) | {_REALM}
    return read_roles.lacking(realm.api, who) - {_REALM}


def _totp_action(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.totp_action(required_action.find(realm.required_actions))


def _default_action(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.default_action(required_action.find(realm.required_actions))


def _self_removal(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.self_removal(realm.required_actions)


def _policy(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.policy(realm.settings)


def _brute_force(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.brute_force(realm.settings.representation)


def _conditional_flows(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.conditional_flows(realm.settings.representation, realm.flow)


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


def _exemptions(realm: RealmReading) -> Iterator[Finding]:
    return ways_around.exemptions(realm.exemptions, datetime.now(UTC).date(), lambda who: _uncovered(realm, who))


def _uncovered(realm: RealmReading, user_id: str) -> bool:
    user = lookup.with_id(realm.api, user_id)
    return user is not None and selection.standing(people.from_representation(user)) is Standing.UNCOVERED


def _server(realm: RealmReading) -> Iterator[Finding]:
    version = realm.server_version
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
        yield from ways_around.server(version)


def _open_sessions(realm: RealmReading) -> Iterator[Finding]:
    since = _since(realm.mark)
    # notBefore, in seconds, is set by signing everybody out: whatever is older is dead already.
    if since is None or realm.settings.representation.get("notBefore", 0) >= since.timestamp():
        return
    for client in realm.clients_with_sessions_before(since):
        yield findings.of(FindingId.OPEN_SESSIONS, client)


def _people(realm: RealmReading, lacking: Collection[str], on_progress: Progress) -> Iterator[Finding]:
    if missing := [role for role in _PEOPLE if role in lacking]:
        yield _not_checked(FindingId.UNCOVERED_USERS, missing)
        return
    # Expired ones too: each is a finding of its own, and would be said twice.
    exempt = frozenset(each.user_id for each in realm.exemptions)
    found = uncovered.find(realm.api, exempt, on_progress)
    stories: Mapping[str, str] = {}
    if _EVENTS in lacking:
        yield _not_checked(FindingId.UNCOVERED_USERS, [_EVENTS], what="how users came to be uncovered")
    elif since := _since(realm.mark):
        told = {each.id: uncovered.story(realm.api, each, since) for each in found.named}
        stories = {user_id: story for user_id, story in told.items() if story}
    yield from uncovered.to_findings(found, stories)


def _since(mark: Mark) -> datetime | None:
    """When enforcement was done, or begun; None where it was not."""
    moment = mark.enforced_at or mark.started_at
    return datetime.fromisoformat(moment) if mark.state is not State.OFF and moment else None


def _not_checked(check: FindingId, roles: list[str], what: str | None = None) -> Finding:
    names = " and ".join(roles)
    return findings.of(
        FindingId.NOT_CHECKED,
        check.value,
        title=f"Not checked: {what or check.value}, for lack of {names}",
        fix=f"Give the caller {names} (client realm-management), or leave the check out by --skip {check}",
    )


_CHECKS = (
    _Check(FindingId.TOTP_ACTION_OFF, (), _totp_action),
    _Check(FindingId.DEFAULT_ACTION_OFF, (), _default_action),
    _Check(FindingId.OTP_SELF_REMOVAL, (), _self_removal),
    _Check(FindingId.OTP_POLICY_DRIFT, (_REALM,), _policy),
    _Check(FindingId.BRUTE_FORCE_OFF, (_REALM,), _brute_force),
    _Check(FindingId.FLOW_CONDITIONAL, (_REALM,), _conditional_flows),
    _Check(FindingId.PASSKEY_SKIPS_OTP, (_REALM,), _passkeys),
    _Check(FindingId.RESET_CREDENTIALS, (_REALM,), _reset_credentials),
    _Check(FindingId.CLIENT_FLOW_OVERRIDE, (_REALM, "view-clients"), _client_overrides),
    _Check(FindingId.DIRECT_GRANT_CLIENTS, (_REALM, "view-clients"), _direct_grants),
    _Check(FindingId.BROKER_WITHOUT_2FA, (_REALM, "view-identity-providers"), _brokers),
    _Check(FindingId.OPEN_SESSIONS, (_REALM, "view-clients"), _open_sessions),
    _Check(FindingId.EXEMPTION_EXPIRED, _PEOPLE, _exemptions),
    _Check(FindingId.SERVER_VULNERABLE, (), _server),
)
"""Everything but the people, who take longest. Required actions and the version any administrator may read."""
