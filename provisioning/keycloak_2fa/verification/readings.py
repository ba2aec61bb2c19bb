"""What each check reads of a realm: from a `Snapshot` to the pure functions that judge it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.people import federation, lookup
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing, standing_of
from keycloak_2fa.realm import enforcement_state, guard, required_action
from keycloak_2fa.realm.enforcement_state import State
from keycloak_2fa.verification import (
    enforcement_traces,
    exempt_logins,
    exemption_findings,
    gaps,
    server_version,
    skipped_pages,
    uncovered,
)
from keycloak_2fa.verification.check import CLIENTS, EVENTS, IDENTITY_PROVIDERS, REALM, USERS, for_lack_of
from keycloak_2fa.verification.findings import FindingId, Found, NotChecked
from keycloak_2fa.verification.server_version import Usage
from keycloak_2fa.verification.snapshot import DEVICE_GRANT, Client, Snapshot


def totp_action(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.TOTP_ACTION_OFF`."""
    return gaps.totp_action(required_action.find(realm.required_actions), realm.server.required_actions)


def default_action(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.DEFAULT_ACTION_OFF`."""
    return gaps.default_action(required_action.find(realm.required_actions))


def self_removal(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.OTP_SELF_REMOVAL`."""
    return gaps.self_removal(realm.required_actions)


def policy(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.OTP_POLICY_DRIFT`."""
    return gaps.policy(realm.settings)


def brute_force(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.BRUTE_FORCE_OFF`."""
    return gaps.brute_force(realm.settings.representation)


def weak_limits(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.BRUTE_FORCE_WEAK`."""
    return gaps.weak_limits(realm.settings.representation)


def weak_policy(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.OTP_POLICY_WEAK`."""
    return gaps.weak_policy(realm.settings.representation)


def set_up_skippable(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.SET_UP_SKIPPABLE`."""
    # The extension looks whether a login gave its second factor where the login ends, with the guard or without it.
    off = guard.parts_off(realm.extension)
    if realm.guard.offered and off:
        yield Found(
            "required actions",
            title=f"The extension runs without {', '.join(off)}, so a login can skip the set-up page",
            fix="Find out what replaced them (another extension, or a setting of the server), and restart Keycloak "
            "without it; kc2fa extension install replaces an older extension",
        )
    elif off or (REALM not in realm.lacking and realm.guard_watches):
        yield Found("required actions")


def conditional_flows(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.FLOW_CONDITIONAL`."""
    return gaps.conditional_flows(realm.settings.representation, _clients_if_any(realm), realm.flow)


def _clients_if_any(realm: Snapshot) -> Iterable[Client] | None:
    """The clients; None where the caller may not read them."""
    return None if CLIENTS in realm.lacking else realm.clients


def protocols(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.PROTOCOL_UNCHECKED`."""
    # Without the extension all of them are open, which is told once.
    if not realm.guard.offered:
        return
    if CLIENTS in realm.lacking:
        yield for_lack_of(FindingId.PROTOCOL_UNCHECKED, [CLIENTS])
    else:
        yield from gaps.unchecked_protocols(realm.clients)


def saml_ecp(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.SAML_ECP`."""
    return gaps.saml_ecp(realm.clients, realm.flow)


def docker_clients(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.DOCKER_CLIENTS`."""
    return gaps.docker_clients(realm.settings.representation, realm.clients, realm.server.features, realm.flow)


def client_policies(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.CLIENT_POLICY_FLOW`."""
    return gaps.client_policies(realm.client_policies, realm.flow_if_any)


def grants(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.GRANT_WITHOUT_2FA`."""
    return gaps.grants(realm.settings.representation, realm.clients, realm.server.features)


def default_roles(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.DEFAULT_ROLES_ADMIN`."""
    yield from gaps.default_roles(realm.default_roles, realm.client_names)
    for group in realm.default_groups:
        if USERS in realm.lacking:
            yield NotChecked(
                title=f"Not checked: roles of the default group {group['path']!r}, for lack of {USERS}",
                fix=f"Give the caller {USERS} (client realm-management)",
            )
        else:
            yield from gaps.default_roles(realm.roles_by_group(group), realm.client_names, group["path"])


def passkeys(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.PASSKEY_SKIPS_OTP`."""
    return gaps.passkeys(realm.settings.representation, realm.flow)


def reset_credentials(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.RESET_CREDENTIALS`."""
    return gaps.reset_credentials(realm.settings.representation, realm.flow)


def reset_removes_otp(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.RESET_REMOVES_OTP`."""
    return gaps.reset_removes_otp(realm.settings.representation, realm.flow)


def client_overrides(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.CLIENT_FLOW_OVERRIDE`."""
    return gaps.client_overrides(realm.clients, realm.flow_aliases, realm.flow)


def direct_grants(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.DIRECT_GRANT_CLIENTS`."""
    return gaps.direct_grants(realm.settings.representation, realm.clients, realm.flow)


def brokers(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.BROKER_WITHOUT_2FA`."""
    return gaps.brokers(realm.identity_providers, realm.flow)


def expired(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.EXEMPTION_EXPIRED`."""
    return exemption_findings.expired(realm.exemptions, timestamps.today(), lambda who: _uncovered(realm, who))


def unaccounted(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.EXEMPTION_UNACCOUNTED`."""
    return exemption_findings.unaccounted(realm.exemptions, timestamps.today())


def exempt_asked(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.EXEMPTION_ASKED`."""
    if asking := exempt_logins.asking_flows(realm):
        yield from exemption_findings.asked(exempt_logins.without_otp(realm), asking)


def guard_off(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.GUARD_OFF`."""
    doubtful = realm.guard.offered and realm.guard.representation is None and realm.enforcement.state is not State.OFF
    path = f"authentication/required-actions/{guard.ALIAS}"
    return enforcement_traces.guard_off(
        realm.enforcement, realm.guard, _deletions(realm, path, "REQUIRED_ACTION") if doubtful else []
    )


def record_missing(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.ENFORCEMENT_RECORD_MISSING`."""
    if realm.enforcement.state is not State.OFF:
        return iter(())
    return enforcement_traces.record_missing(
        realm.enforcement,
        realm.guard,
        enforcement_state.list_kept_roles(realm.api),
        _deletions(realm, f"roles/{enforcement_state.ROLE}", "REALM_ROLE"),
    )


def _deletions(realm: Snapshot, path: str, resource: str) -> list[Mapping[str, Any]]:
    """The newest admin event of a deletion, for a caller who may read them."""
    if EVENTS in realm.lacking:
        return []
    query = {"operationTypes": "DELETE", "resourceTypes": resource, "resourcePath": path, "max": 1}
    return list(realm.api.get(endpoints.admin_events(realm.name), **query))


def consent_replayed(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.CONSENT_REPLAYED`."""
    since = realm.enforcement.since
    if since is None or EVENTS in realm.lacking:
        return iter(())
    # Signing everybody out ended the sessions from before it, whatever they began with.
    signed_out = timestamps.at(realm.settings.representation.get("notBefore", 0))
    events = realm.api.get(endpoints.events(realm.name), type="LOGIN", max=skipped_pages.LOOKED_AT)
    return skipped_pages.logins(events, realm.clients, max(since, signed_out))


def _uncovered(realm: Snapshot, user_id: str) -> bool:
    user = lookup.get_user(realm.api, user_id)
    return user is not None and standing_of(Person.from_representation(user)) is Standing.UNCOVERED


def server(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.SERVER_VULNERABLE`."""
    version = realm.server.version
    if version is None:
        yield NotChecked(
            title="Not checked: the server's version, which Keycloak does not tell this caller",
            # From 26.4 on no role for reading will do, and in some releases no role of the realm.
            fix="Give the caller manage-realm (client realm-management), or log in as an administrator of master; or "
            f"look at the version yourself and leave the check out with --skip {FindingId.SERVER_VULNERABLE}",
        )
    else:
        yield from gaps.server(version, _usage(realm))


def _usage(realm: Snapshot) -> Usage:
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
                server_version.Client.CIBA: gaps.CIBA_GRANT,
                server_version.Client.DEVICE: DEVICE_GRANT,
                server_version.Client.JWT_GRANT: gaps.JWT_GRANT,
            }.items()
            if any(each.has(attribute) for each in clients)
        ),
        enforces_flows=bool(realm.client_policies.enforced_flows),
        authenticators=None
        if clients is None
        else gaps.browser_authenticators(representation, clients, realm.flow_aliases, realm.flow),
        links_by_saml=None if IDENTITY_PROVIDERS in realm.lacking else realm.links_by_saml,
    )


def open_sessions(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.OPEN_SESSIONS`."""
    enforcement = realm.enforcement
    since = enforcement.since
    if enforcement.state is not State.OFF and since is None:
        yield NotChecked(
            title=f"Not checked: {FindingId.OPEN_SESSIONS}: "
            f"the role {enforcement_state.ROLE} does not say since when 2FA is ON",
            fix="Set the role's attribute enforced_at to that time, as in 2026-12-31T12:00:00Z, or leave the check out "
            f"by --skip {FindingId.OPEN_SESSIONS}",
        )
    # notBefore is set by signing everybody out: whatever is older is dead already.
    if since is None or timestamps.at(realm.settings.representation.get("notBefore", 0)) >= since:
        return
    for client in realm.clients_with_sessions_before(since):
        yield Found(client)


def users(realm: Snapshot) -> Iterator[Found]:
    """See `FindingId.UNCOVERED_USERS`."""
    yield from _unseen(realm)
    today = timestamps.today()
    # Expired ones too: each is a finding of its own, and would be said twice.
    exempt = frozenset(each.user_id for each in realm.exemptions if each.expired(today) or each.holds(today))
    found = realm.find_uncovered(exempt)
    if found is None:
        yield NotChecked(
            title="Not checked: whether users are uncovered; they were never counted",
            fix="Count them (--count), or run kc2fa verify",
        )
        return
    stories: Mapping[str, str | None] = {}
    if EVENTS not in realm.lacking and (since := realm.enforcement.since):
        stories = {each.id: uncovered.story(realm.api, each, since) for each in found.named}
    kinds = uncovered.other_factors(realm.flow(realm.settings.representation["browserFlow"]))
    holders = uncovered.holders(realm.api, found.named, kinds) if kinds else frozenset()
    yield from uncovered.to_found(found, stories, holders)


def _unseen(realm: Snapshot) -> Iterator[NotChecked]:
    """User federation providers of which Keycloak leaves the users out of its list, because they do not answer."""
    providers = [each for each in federation.list_providers(realm.api) if not each.imports]
    answering = federation.answering(realm.api, providers)
    for each in providers:
        if answering.get(each.id) is False:
            yield NotChecked(
                title=f"Not checked: users of the user federation provider {each.name!r}, which does not answer",
                fix="Run again when it answers",
            )
        elif answering.get(each.id, False) is None:
            yield NotChecked(
                title=f"Not checked: whether the user federation provider {each.name!r}, whose import is off, answers",
                fix="Give the caller manage-realm (client realm-management), without which Keycloak does not try it",
            )
