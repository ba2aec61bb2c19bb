"""Every check of `verify` but that of the users: what it reads, and the roles that it needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.people import lookup
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing, standing_of
from keycloak_2fa.realm import enforcement_state, guard, required_action
from keycloak_2fa.realm.enforcement_state import State
from keycloak_2fa.verification import (
    enforcement_traces,
    exempt_logins,
    exemption_findings,
    findings,
    gaps,
    server_version,
    skipped_pages,
)
from keycloak_2fa.verification.findings import Finding, FindingId
from keycloak_2fa.verification.server_version import Usage
from keycloak_2fa.verification.snapshot import DEVICE_GRANT, Client, Snapshot

REALM = "view-realm"
CLIENTS = "view-clients"
USERS = "view-users"
PEOPLE = (REALM, USERS)
EVENTS = "view-events"
"""Roles for reading a realm."""


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        id: What it reports.
        roles: The roles that it needs beside any admin role.
        find: Looks.
    """

    id: FindingId
    roles: tuple[str, ...]
    find: Callable[[Snapshot], Iterable[Finding]]


def _totp_action(realm: Snapshot) -> Iterator[Finding]:
    return gaps.totp_action(required_action.find(realm.required_actions), realm.server.required_actions)


def _default_action(realm: Snapshot) -> Iterator[Finding]:
    return gaps.default_action(required_action.find(realm.required_actions))


def _self_removal(realm: Snapshot) -> Iterator[Finding]:
    return gaps.self_removal(realm.required_actions)


def _policy(realm: Snapshot) -> Iterator[Finding]:
    return gaps.policy(realm.settings)


def _brute_force(realm: Snapshot) -> Iterator[Finding]:
    return gaps.brute_force(realm.settings.representation)


def _weak_limits(realm: Snapshot) -> Iterator[Finding]:
    return gaps.weak_limits(realm.settings.representation)


def _weak_policy(realm: Snapshot) -> Iterator[Finding]:
    return gaps.weak_policy(realm.settings.representation)


def _set_up_skippable(realm: Snapshot) -> Iterator[Finding]:
    # The extension looks whether a login gave its second factor where the login ends, with the guard or without it.
    off = guard.parts_off(realm.extension)
    if realm.guard.offered and off:
        yield findings.of(
            FindingId.SET_UP_SKIPPABLE,
            "required actions",
            title=f"The extension runs without {', '.join(off)}, so a login can skip the set-up page",
            fix="Find out what replaced them (another extension, or a setting of the server), and restart Keycloak "
            "without it; kc2fa extension install replaces an older extension",
        )
    elif off or (REALM not in realm.lacking and realm.guard_watches):
        yield findings.of(FindingId.SET_UP_SKIPPABLE, "required actions")


def _conditional_flows(realm: Snapshot) -> Iterator[Finding]:
    return gaps.conditional_flows(realm.settings.representation, _clients_if_any(realm), realm.flow)


def _clients_if_any(realm: Snapshot) -> Iterable[Client] | None:
    """The clients; None where the caller may not read them."""
    return None if CLIENTS in realm.lacking else realm.clients


def _protocols(realm: Snapshot) -> Iterator[Finding]:
    # Without the extension all of them are open, which is told once.
    if not realm.guard.offered:
        return
    if CLIENTS in realm.lacking:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.PROTOCOL_UNCHECKED.value,
            title=f"Not checked: {FindingId.PROTOCOL_UNCHECKED}, for lack of {CLIENTS}",
            fix=f"Give the caller {CLIENTS} (client realm-management), or leave the check out by "
            f"--skip {FindingId.PROTOCOL_UNCHECKED}",
        )
    else:
        yield from gaps.unchecked_protocols(realm.clients)


def _saml_ecp(realm: Snapshot) -> Iterator[Finding]:
    return gaps.saml_ecp(realm.clients, realm.flow)


def _docker_clients(realm: Snapshot) -> Iterator[Finding]:
    return gaps.docker_clients(realm.settings.representation, realm.clients, realm.server.features, realm.flow)


def _client_policies(realm: Snapshot) -> Iterator[Finding]:
    return gaps.client_policies(realm.client_policies, realm.flow_if_any)


def _grants(realm: Snapshot) -> Iterator[Finding]:
    return gaps.grants(realm.settings.representation, realm.clients, realm.server.features)


def _default_roles(realm: Snapshot) -> Iterator[Finding]:
    yield from gaps.default_roles(realm.default_roles, realm.client_names)
    for group in realm.default_groups:
        if USERS in realm.lacking:
            yield findings.of(
                FindingId.NOT_CHECKED,
                FindingId.DEFAULT_ROLES_ADMIN.value,
                title=f"Not checked: roles of the default group {group['path']!r}, for lack of {USERS}",
                fix=f"Give the caller {USERS} (client realm-management)",
            )
        else:
            yield from gaps.default_roles(realm.roles_by_group(group), realm.client_names, group["path"])


def _passkeys(realm: Snapshot) -> Iterator[Finding]:
    return gaps.passkeys(realm.settings.representation, realm.flow)


def _reset_credentials(realm: Snapshot) -> Iterator[Finding]:
    return gaps.reset_credentials(realm.settings.representation, realm.flow)


def _reset_removes_otp(realm: Snapshot) -> Iterator[Finding]:
    return gaps.reset_removes_otp(realm.settings.representation, realm.flow)


def _client_overrides(realm: Snapshot) -> Iterator[Finding]:
    return gaps.client_overrides(realm.clients, realm.flow_aliases, realm.flow)


def _direct_grants(realm: Snapshot) -> Iterator[Finding]:
    return gaps.direct_grants(realm.settings.representation, realm.clients, realm.flow)


def _brokers(realm: Snapshot) -> Iterator[Finding]:
    return gaps.brokers(realm.identity_providers, realm.flow)


def _expired(realm: Snapshot) -> Iterator[Finding]:
    return exemption_findings.expired(realm.exemptions, timestamps.today(), lambda who: _uncovered(realm, who))


def _unaccounted(realm: Snapshot) -> Iterator[Finding]:
    return exemption_findings.unaccounted(realm.exemptions, timestamps.today())


def _exempt_asked(realm: Snapshot) -> Iterator[Finding]:
    if asking := exempt_logins.asking_flows(realm):
        yield from exemption_findings.asked(exempt_logins.without_otp(realm), asking)


def _guard_off(realm: Snapshot) -> Iterator[Finding]:
    doubtful = realm.guard.offered and realm.guard.representation is None and realm.enforcement.state is not State.OFF
    path = f"authentication/required-actions/{guard.ALIAS}"
    return enforcement_traces.guard_off(
        realm.enforcement, realm.guard, _deletions(realm, path, "REQUIRED_ACTION") if doubtful else []
    )


def _record_missing(realm: Snapshot) -> Iterator[Finding]:
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


def _consent_replayed(realm: Snapshot) -> Iterator[Finding]:
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


def _server(realm: Snapshot) -> Iterator[Finding]:
    version = realm.server.version
    if version is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.SERVER_VULNERABLE.value,
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
    )


def _open_sessions(realm: Snapshot) -> Iterator[Finding]:
    enforcement = realm.enforcement
    since = enforcement.since
    if enforcement.state is not State.OFF and since is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.OPEN_SESSIONS.value,
            title=f"Not checked: {FindingId.OPEN_SESSIONS}: "
            f"the role {enforcement_state.ROLE} does not say since when 2FA is ON",
            fix="Set the role's attribute enforced_at to that time, as in 2026-12-31T12:00:00Z, or leave the check out "
            f"by --skip {FindingId.OPEN_SESSIONS}",
        )
    # notBefore is set by signing everybody out: whatever is older is dead already.
    if since is None or timestamps.at(realm.settings.representation.get("notBefore", 0)) >= since:
        return
    for client in realm.clients_with_sessions_before(since):
        yield findings.of(FindingId.OPEN_SESSIONS, client)


CHECKS = (
    Check(FindingId.SET_UP_SKIPPABLE, (), _set_up_skippable),
    Check(FindingId.TOTP_ACTION_OFF, (), _totp_action),
    Check(FindingId.DEFAULT_ACTION_OFF, (), _default_action),
    Check(FindingId.OTP_SELF_REMOVAL, (), _self_removal),
    Check(FindingId.GUARD_OFF, (REALM,), _guard_off),
    Check(FindingId.ENFORCEMENT_RECORD_MISSING, (REALM,), _record_missing),
    Check(FindingId.OTP_POLICY_DRIFT, (REALM,), _policy),
    Check(FindingId.OTP_POLICY_WEAK, (REALM,), _weak_policy),
    Check(FindingId.BRUTE_FORCE_OFF, (REALM,), _brute_force),
    Check(FindingId.BRUTE_FORCE_WEAK, (REALM,), _weak_limits),
    Check(FindingId.FLOW_CONDITIONAL, (REALM,), _conditional_flows),
    Check(FindingId.PASSKEY_SKIPS_OTP, (REALM,), _passkeys),
    Check(FindingId.RESET_CREDENTIALS, (REALM,), _reset_credentials),
    Check(FindingId.RESET_REMOVES_OTP, (REALM,), _reset_removes_otp),
    Check(FindingId.CLIENT_POLICY_FLOW, (REALM,), _client_policies),
    Check(FindingId.CLIENT_FLOW_OVERRIDE, (REALM, CLIENTS), _client_overrides),
    Check(FindingId.DIRECT_GRANT_CLIENTS, (REALM, CLIENTS), _direct_grants),
    Check(FindingId.PROTOCOL_UNCHECKED, (), _protocols),
    Check(FindingId.SAML_ECP, (REALM, CLIENTS), _saml_ecp),
    Check(FindingId.DOCKER_CLIENTS, (REALM, CLIENTS), _docker_clients),
    Check(FindingId.GRANT_WITHOUT_2FA, (REALM, CLIENTS), _grants),
    Check(FindingId.BROKER_WITHOUT_2FA, (REALM, "view-identity-providers"), _brokers),
    Check(FindingId.DEFAULT_ROLES_ADMIN, (REALM, CLIENTS), _default_roles),
    # From Keycloak 26.8 on a list of sessions holds those of users whom the caller may view.
    Check(FindingId.OPEN_SESSIONS, (*PEOPLE, CLIENTS), _open_sessions),
    Check(FindingId.CONSENT_REPLAYED, (REALM, CLIENTS), _consent_replayed),
    Check(FindingId.EXEMPTION_UNACCOUNTED, (REALM,), _unaccounted),
    Check(FindingId.EXEMPTION_EXPIRED, PEOPLE, _expired),
    Check(FindingId.EXEMPTION_ASKED, PEOPLE, _exempt_asked),
    Check(FindingId.SERVER_VULNERABLE, (REALM,), _server),
)
"""Everything but the people, who take longest. Required actions and features any administrator may read."""
