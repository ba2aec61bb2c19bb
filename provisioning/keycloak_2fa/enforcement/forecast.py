"""What Keycloak will do next, said before and after (contract, rule 6)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.realm import flow_api, flows, otp_policy
from keycloak_2fa.realm.required_action import ALIAS
from keycloak_2fa.realm.settings import RealmSettings
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

_NAMED_AT_MOST = 10

_FIRST_LOGINS_A_VCPU = 8.0
"""In a second, the set-up included, with the extension: bench/storm.py measured 123 ms of CPU for each. Keycloak's
sizing guide has 15 logins by password."""


def warnings(
    api: AdminApi, realm: RealmSettings, *, rewrites_users: bool, sign_out: bool = False
) -> list[CodedWarning]:
    """Everything that people and programs will notice, one sentence each.

    Args:
        api: Asked for sessions, clients, user providers and the user profile.
        realm: The realm's settings, before.
        rewrites_users: Whether users are marked by an update of the whole user.
        sign_out: Whether all sessions will be ended.
    """
    return [
        *([] if sign_out else sessions(api.call(api.keycloak.get_client_sessions_stats))),
        *_clients(api, realm),
        *settings(realm),
        *(_rewriting(api, realm) if rewrites_users else []),
    ]


def sessions(stats: Iterable[Mapping[str, Any]]) -> list[CodedWarning]:
    """Sessions that are open already."""
    active = offline = 0
    for client in stats:
        active += int(client.get("active") or 0)
        offline += int(client.get("offline") or 0)
    if not active and not offline:
        return []
    said = f"Open sessions continue until they end ({active} at clients, {offline} offline)"
    return [WarningCode.SESSIONS_OPEN.says(f"{said}: --sign-out ends them all.")]


def first_logins(users: int) -> list[CodedWarning]:
    """What it takes when all of them set up OTP at their next login.

    Args:
        users: How many will be asked.
    """
    if not users:
        return []
    each_second = users / 3600
    cores = each_second / _FIRST_LOGINS_A_VCPU
    load = f"{_about(each_second)} logins/s, {_about(cores)} vCPU"
    said = f"If all {users:,} users sign in within an hour: {load}; --sign-out makes it at once."
    return [WarningCode.FIRST_LOGINS.says(said)]


def direct_grants(clients: Iterable[Mapping[str, Any]]) -> list[CodedWarning]:
    """Clients that log people in by password alone."""
    names = sorted(
        client["clientId"]
        for client in clients
        if client.get("enabled") and client.get("directAccessGrantsEnabled") and not client.get("bearerOnly")
    )
    if not names:
        return []
    without_otp = "Direct access grants get 'Account is not fully set up' for users without OTP"
    said = f"{without_otp}, and need the parameter totp for users with it: {_named(names)}."
    return [WarningCode.DIRECT_GRANTS.says(said)]


def settings(realm: RealmSettings) -> list[CodedWarning]:
    """Settings of the realm that change what enforcement does or means."""
    said = []
    if otp_policy.enforced(realm.policy) != realm.policy:
        sentence = "Users who have OTP keep their device, even where the OTP policy changes."
        said.append(WarningCode.DEVICES_STAY.says(sentence))
    if realm.policy.code_reusable:
        sentence = "The realm accepts a code twice (otpPolicyCodeReusable); a code should be valid once."
        said.append(WarningCode.CODE_REUSABLE.says(sentence))
    return said


def email_as_username(realm: RealmSettings) -> list[CodedWarning]:
    """What Keycloak does to a username whenever a user is written."""
    if not realm.representation.get("registrationEmailAsUsername"):
        return []
    said = "The realm uses the email as username: marking a user sets their username to their email."
    return [WarningCode.USERNAME_FROM_EMAIL.says(said)]


def profile_defaults(profile: Mapping[str, Any]) -> list[CodedWarning]:
    """Attributes that Keycloak fills in whenever a user is written."""
    names = sorted(each["name"] for each in profile.get("attributes", ()) if each.get("defaultValue") is not None)
    said = f"Marking a user also stores the user profile's default values: {_named(names)}."
    return [WarningCode.PROFILE_DEFAULTS.says(said)] if names else []


def exemptions_over(exemptions: Iterable[Exemption], today: date) -> list[CodedWarning]:
    """Exemptions that hold no longer: these people are asked like everybody."""
    kept = list(exemptions)
    over = [each.username for each in kept if each.expired(today)]
    others = [each for each in kept if not each.expired(today)]
    unaccounted = [each.username or each.user_id for each in others if not each.accounted(today)]
    said = []
    if over:
        said.append(WarningCode.EXEMPTION_EXPIRED.says(f"No longer exempt, so marked like all users: {_named(over)}."))
    if unaccounted:
        sentence = (
            f"Not exempt, because kc2fa did not give the exemption, and asked like everybody: {_named(unaccounted)}."
        )
        said.append(WarningCode.EXEMPTION_UNACCOUNTED.says(sentence))
    return said


def _rewriting(api: AdminApi, realm: RealmSettings) -> list[CodedWarning]:
    profile = api.call(api.keycloak.get_realm_users_profile)
    return [*email_as_username(realm), *profile_defaults(profile)]


def undemanding(aliases: Iterable[str]) -> list[CodedWarning]:
    """Flows that leave the second factor to the required action.

    Args:
        aliases: The aliases of these flows.
    """
    if not (names := sorted(aliases)):
        return []
    flow, relies = ("flow", "relies") if len(names) == 1 else ("flows", "rely")
    said = (
        f"The {flow} {_named([repr(each) for each in names])} {relies} on the required action {ALIAS} and on what "
        "users have: kc2fa harden binds a flow that demands a second factor of everybody."
    )
    return [WarningCode.FLOWS_UNDEMANDING.says(said)]


def _clients(api: AdminApi, realm: RealmSettings) -> list[CodedWarning]:
    try:
        clients = list(api.call(api.keycloak.get_clients))
    except RoleMissingError:
        said = "Clients with direct access grants were not checked: the role view-clients is missing."
        return [WarningCode.DIRECT_GRANTS_NOT_CHECKED.says(said), *undemanding(_undemanding(api, realm, []))]
    return [*direct_grants(clients), *undemanding(_undemanding(api, realm, clients))]


def _undemanding(api: AdminApi, realm: RealmSettings, clients: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The flows by which users log in with a name and a password, and which demand no second factor."""
    overrides = {
        flow_id
        for client in clients
        if client.get("enabled")
        for flow_id in (client.get("authenticationFlowBindingOverrides") or {}).values()
    }
    known = flow_api.list_aliases(api) if overrides else {}
    own = [known[flow_id] for flow_id in sorted(overrides) if flow_id in known]
    bound = [realm.representation[key] for key in ("browserFlow", "directGrantFlow")]
    return (each for each in dict.fromkeys([*bound, *own]) if not flows.demands(flow_api.get_flow(api, "", each)))


def _about(figure: float) -> str:
    if figure < 0.1:  # noqa: PLR2004
        return "less than 0.1"
    return f"about {figure:.1f}" if figure < 10 else f"about {figure:,.0f}"  # noqa: PLR2004


def _named(names: list[str]) -> str:
    more = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
