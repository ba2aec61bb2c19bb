"""What there is to know of a realm's ways to log in: each thing read when it is first asked for, and once."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.caller import Caller
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.people import exemptions
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.realm import enforcement_state, exported_flows, extension, flow_api, flows, guard, roles
from keycloak_2fa.realm.enforcement_state import EnforcementState, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.flows import Flow
from keycloak_2fa.realm.guard import Guard
from keycloak_2fa.realm.settings import RealmSettings, get_settings
from keycloak_2fa.verification import uncovered
from keycloak_2fa.verification.client_policies import ClientPolicies
from keycloak_2fa.verification.uncovered import Uncovered

_LOGIN = "USER_AUTHENTICATION"
"""The type of identity providers that users log in by. Keycloak 26.4 names no types, and knows no others."""


_ONE_BY_ONE = 4
"""Flows with sub-flows that are read one by one, before all are read in one answer."""

DEVICE_GRANT = "oauth2.device.authorization.grant.enabled"
"""The attribute by which a client may use the device authorization grant."""


@dataclass(frozen=True)
class Client:
    """A client that is on, as far as 2FA is concerned.

    Attributes:
        id: Its internal id.
        client_id: The name that it is known by.
        direct_grants: Whether it may log users in by the direct access grant.
        overrides: Flows of its own: `browser` or `direct_grant` to the id of a flow.
        browser: Whether users can log in to it by the browser flow.
        protocol: `openid-connect`, `saml` or `docker-v2`.
        attributes: Its attributes.
        consent_required: Whether a user is asked for consent.
    """

    id: str
    client_id: str
    direct_grants: bool
    overrides: Mapping[str, str]
    browser: bool = True
    protocol: str = "openid-connect"
    attributes: Mapping[str, str] = field(default_factory=dict)
    consent_required: bool = False

    def has(self, attribute: str) -> bool:
        """Whether one of its attributes says `true`."""
        return self.attributes.get(attribute) == "true"

    def uses(self, kind: str) -> bool:
        """Whether a flow of that kind (see `flow_bindings.OVERRIDES`) logs anybody in to it."""
        return self.direct_grants if kind == "direct_grant" else self.browser

    @classmethod
    def from_representation(cls, representation: Mapping[str, Any]) -> Self:
        """Read a ClientRepresentation."""
        attributes: Mapping[str, str] = representation.get("attributes") or {}
        protocol = representation.get("protocol") or "openid-connect"
        oidc = protocol == "openid-connect"
        flows_on = any(representation.get(f"{each}FlowEnabled") for each in ("standard", "implicit"))
        return cls(
            id=representation["id"],
            client_id=representation["clientId"],
            direct_grants=oidc and bool(representation.get("directAccessGrantsEnabled")),
            overrides={k: v for k, v in (representation.get("authenticationFlowBindingOverrides") or {}).items() if v},
            browser=not oidc or flows_on or attributes.get(DEVICE_GRANT) == "true",
            protocol=protocol,
            attributes=attributes,
            consent_required=bool(representation.get("consentRequired")),
        )


@dataclass(frozen=True)
class IdentityProvider:
    """An identity provider that users can log in by.

    Attributes:
        alias: Its name.
        post_login_flow: Alias of the flow that is run after it; None where there is none.
        representation: The IdentityProviderRepresentation; its secrets are masked.
    """

    alias: str
    post_login_flow: str | None
    representation: Mapping[str, Any]


@dataclass(frozen=True)
class Server:
    """What a server tells of itself.

    Attributes:
        version: None where Keycloak does not tell this caller.
        features: Names of the features that are on.
        required_actions: Ids of its providers of required actions.
    """

    version: str | None
    features: frozenset[str]
    required_actions: frozenset[str]


class Snapshot:
    """Reads, and never writes.

    Args:
        api: The caller's connection.
        find_uncovered: Finds the uncovered users, but for those of these ids; None of it where they are not known. By
            default everybody is read for it.
    """

    def __init__(
        self, api: AdminApi, find_uncovered: Callable[[Container[str]], Uncovered | None] | None = None
    ) -> None:
        self.api = api
        self.find_uncovered = find_uncovered or (lambda exempt: uncovered.find(api, exempt, _untold))
        self.name = api.settings.realm
        self._flows: dict[str, Flow] = {}
        self._read_one_by_one = 0

    @cached_property
    def lacking(self) -> frozenset[str]:
        """The roles for reading that the caller lacks.

        Raises:
            UnknownRealmError: There is no such realm.
        """
        who = self._caller
        try:
            # First of all, because it tells an unknown realm from a missing role.
            _ = self.settings
        except RoleMissingError:
            return roles.lacking(self.api, who) | {"view-realm"}
        return roles.lacking(self.api, who) - {"view-realm"}

    @cached_property
    def settings(self) -> RealmSettings:
        """The realm's settings. Needs view-realm."""
        return get_settings(self.api, lambda: self.required_actions)

    @cached_property
    def enforcement(self) -> EnforcementState:
        """The state of enforcement. Needs view-realm."""
        return enforcement_state.get_state(self.api)

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """Every exemption. Needs view-realm."""
        return exemptions.list_exemptions(self.api)

    @cached_property
    def required_actions(self) -> list[Mapping[str, Any]]:
        """Every required action of the realm; any admin role will do."""
        return list(self.api.call(self.api.keycloak.get_required_actions))

    @cached_property
    def server(self) -> Server:
        """What the server tells of itself. Any admin role will do, but for the version."""
        info: Mapping[str, Any] = self.api.get_patiently(endpoints.server_info())
        providers: Mapping[str, Any] = (info.get("providers") or {}).get("required-action") or {}
        return Server(
            version=(info.get("systemInfo") or {}).get("version"),
            features=frozenset(each["name"] for each in info.get("features") or () if each.get("enabled")),
            required_actions=frozenset(providers.get("providers") or ()),
        )

    @cached_property
    def guard(self) -> Guard:
        """How the realm has the extension's guard; any admin role will do."""
        return guard.found(self.required_actions, self.server.required_actions)

    @cached_property
    def extension(self) -> About | None:
        """What the extension says of itself; None where the server has none, or not for this caller."""
        return extension.get_extension(self.api, or_refused=True) if self.guard.offered else None

    @property
    def guard_watches(self) -> bool:
        """Whether the guard asks at every login, and no login can go past it. Needs view-realm."""
        whole = not guard.parts_off(self.extension)
        return self.enforcement.state is not State.OFF and self.guard.live and whole

    def flow(self, alias: str) -> Flow:
        """A flow with all its steps, which may lack their ids. Needs view-realm.

        The list of flows tells the steps of the first level. Where there are others, a request for each flow reads
        them, or from the fifth flow on one for all flows, where the caller has the role for an export, manage-realm.

        Raises:
            NotFoundError: There is no such flow.
        """
        if alias not in self._flows:
            listed = self._listed_flows.get(alias)
            if listed and _is_flat(listed):
                self._flows[alias] = _flat(listed)
            elif self._read_one_by_one >= _ONE_BY_ONE and alias in self._exported_flows:
                self._flows[alias] = self._exported_flows[alias]
            else:
                self._read_one_by_one += 1
                self._flows[alias] = flow_api.get_flow(self.api, listed["id"] if listed else "", alias)
        return self._flows[alias]

    @cached_property
    def _exported_flows(self) -> Mapping[str, Flow]:
        if self._caller.roles is not None and "manage-realm" not in self._caller.roles:
            return {}
        try:
            return exported_flows.read(self.api.post(endpoints.partial_export(self.name)))
        except RoleMissingError:
            return {}

    @cached_property
    def _caller(self) -> Caller:
        return caller.identify(self.api)

    def flow_if_any(self, alias: str) -> Flow | None:
        """A flow that may not be there, and may be a sub-flow. Needs view-realm."""
        try:
            return self.flow(alias)
        except NotFoundError:
            return None

    @cached_property
    def flow_aliases(self) -> Mapping[str, str]:
        """Aliases of the top-level flows by their ids. Needs view-realm."""
        return {each["id"]: alias for alias, each in self._listed_flows.items()}

    @cached_property
    def _listed_flows(self) -> Mapping[str, Mapping[str, Any]]:
        return {each["alias"]: each for each in self.api.get(endpoints.flows(self.name))}

    @cached_property
    def authenticators(self) -> frozenset[str]:
        """Ids of the authenticators that the server has. Needs view-realm."""
        return flow_api.list_authenticators(self.api)

    @cached_property
    def clients(self) -> tuple[Client, ...]:
        """Clients that are on. Needs view-clients."""
        return tuple(
            Client.from_representation(each)
            for each in self._every_client
            if each.get("enabled") and not each.get("bearerOnly")
        )

    @cached_property
    def client_names(self) -> Mapping[str, str]:
        """The name of every client by its internal id. Needs view-clients."""
        return {each["id"]: each["clientId"] for each in self._every_client}

    @cached_property
    def _every_client(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.api.pages(endpoints.clients(self.name)))

    @cached_property
    def client_policies(self) -> ClientPolicies:
        """The client policies and profiles. Needs view-realm."""
        return ClientPolicies(
            self.api.get(endpoints.client_policies(self.name)),
            self.api.get(endpoints.client_profiles(self.name), **{"include-global-profiles": "true"}),
        )

    @cached_property
    def identity_providers(self) -> tuple[IdentityProvider, ...]:
        """Identity providers that are on and not for linking only. Needs view-identity-providers."""
        return tuple(
            IdentityProvider(each["alias"], each.get("postBrokerLoginFlowAlias") or None, each)
            for each in self._every_identity_provider
            # Social providers, such as GitHub, name no types at all.
            if each.get("enabled") and not each.get("linkOnly") and _LOGIN in (each.get("types") or [_LOGIN])
        )

    @property
    def links_by_saml(self) -> bool:
        """Whether a SAML identity provider is on for linking only. Needs view-identity-providers."""
        return any(
            each.get("enabled") and each.get("linkOnly") and each.get("providerId") == "saml"
            for each in self._every_identity_provider
        )

    @cached_property
    def _every_identity_provider(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.api.pages(endpoints.identity_providers(self.name), briefRepresentation="false"))

    @cached_property
    def default_roles(self) -> tuple[Mapping[str, Any], ...]:
        """RoleRepresentations of what every user has by the realm's default roles. Needs view-realm."""
        return self._held_by([self.settings.representation["defaultRole"]])

    @cached_property
    def default_groups(self) -> tuple[Mapping[str, Any], ...]:
        """GroupRepresentations of the groups that every new user is put into. Needs view-realm."""
        # The realm tells their paths, and nothing where there are none.
        if not self.settings.representation.get("defaultGroups"):
            return ()
        return tuple(self.api.get(endpoints.default_groups(self.name)))

    def roles_by_group(self, group: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
        """RoleRepresentations of what the members of a group have by it and the groups around it. Needs view-users."""
        around: Mapping[str, Any] | None = group
        roles: list[Mapping[str, Any]] = []
        while around is not None:
            given = self.api.get(endpoints.group_roles(self.name, around["id"]))
            roles += given.get("realmMappings") or ()
            roles += (each for client in (given.get("clientMappings") or {}).values() for each in client["mappings"])
            parent = around.get("parentId")
            around = self.api.get(endpoints.group(self.name, parent)) if parent else None
        return (*roles, *self._held_by([each for each in roles if _holds_others(each)]))

    def _held_by(self, roles: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
        """Every role that is a part of these, however deep."""
        found: dict[str, Mapping[str, Any]] = {}
        ahead = list(roles)
        while ahead:
            role = ahead.pop()
            for each in self.api.get(endpoints.role_composites(self.name, role["id"])):
                if each["id"] not in found:
                    found[each["id"]] = each
                    ahead += [each] if _holds_others(each) else []
        return tuple(found.values())

    def clients_with_sessions_before(self, moment: datetime) -> Iterator[str]:
        """Names of clients at which a session from before a moment is open. Needs view-realm and view-clients.

        Reads a client's sessions until it finds one. Keycloak tells the second in which a session began: one of the
        moment's own second counts, since it may be from before.
        """
        for each in self.api.call(self.api.keycloak.get_client_sessions_stats):
            lists = [
                endpoints.client_sessions(self.name, each["id"], offline=offline)
                for offline, count in ((False, each.get("active")), (True, each.get("offline")))
                if int(count or 0)
            ]
            if any(session["start"] <= moment.timestamp() * 1000 for path in lists for session in self.api.pages(path)):
                yield each["clientId"]


def _holds_others(role: Mapping[str, Any]) -> bool:
    # Client roles that are made of others are Keycloak's own; what they hold is of the same client.
    return bool(role.get("composite")) and not role.get("clientRole")


def _untold(_seen: int, _total: int) -> None:
    """Where nobody is told how far a reading is."""


def _is_flat(listed: Mapping[str, Any]) -> bool:
    return not any(
        each.get("authenticatorFlow") or each.get("authenticator") in flows.CONFIGURED
        for each in listed.get("authenticationExecutions") or [{"authenticatorFlow": True}]
    )


def _flat(listed: Mapping[str, Any]) -> Flow:
    steps = (
        flows.Step(
            id="",
            provider=each.get("authenticator"),
            requirement=each["requirement"],
            config_alias=each.get("authenticatorConfig"),
        )
        for each in listed["authenticationExecutions"]
    )
    return Flow(listed["id"], listed["alias"], tuple(steps))
