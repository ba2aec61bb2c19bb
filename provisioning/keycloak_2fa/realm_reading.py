"""What there is to know of a realm's ways to log in: each thing read when it is first asked for, and once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from keycloak_2fa import endpoints, exemptions, flow_api, mark, realm_settings
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.flows import Flow
from keycloak_2fa.mark import Mark
from keycloak_2fa.realm_settings import RealmSettings

_LOGIN = "USER_AUTHENTICATION"
"""The type of identity providers that people log in by; Keycloak 26.4 names no types, and knows no others."""


@dataclass(frozen=True)
class Client:
    """A client that people log in to, as far as 2FA is concerned.

    Attributes:
        id: Its internal id.
        client_id: The name that it is known by.
        direct_grants: Whether it may log people in by the direct access grant.
        overrides: Flows of its own: `browser` or `direct_grant` to the id of a flow.
    """

    id: str
    client_id: str
    direct_grants: bool
    overrides: Mapping[str, str]


@dataclass(frozen=True)
class IdentityProvider:
    """An identity provider that people can log in by.

    Attributes:
        alias: Its name.
        post_login_flow: Alias of the flow that is run after it; None where there is none.
        representation: The IdentityProviderRepresentation; its secrets are masked.
    """

    alias: str
    post_login_flow: str | None
    representation: Mapping[str, Any]


class RealmReading:
    """Reads, and never writes.

    Args:
        api: The caller's connection.
    """

    def __init__(self, api: AdminApi) -> None:
        self.api = api
        self.name = api.settings.realm
        self._flows: dict[str, Flow] = {}

    @cached_property
    def settings(self) -> RealmSettings:
        """The realm's settings. Needs view-realm."""
        return realm_settings.read(self.api)

    @cached_property
    def mark(self) -> Mark:
        """The one-time mark. Needs view-realm."""
        return mark.read(self.api)

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """Every exemption. Needs view-realm."""
        return exemptions.read(self.api)

    @cached_property
    def required_actions(self) -> list[Mapping[str, Any]]:
        """Every required action of the realm; any admin role will do."""
        return list(self.api.call(self.api.keycloak.get_required_actions))

    @cached_property
    def server_version(self) -> str | None:
        """The server's version; None where Keycloak does not tell this caller. Needs some admin role."""
        system: Mapping[str, Any] = self.api.call(self.api.keycloak.get_server_info).get("systemInfo") or {}
        return system.get("version")

    def flow(self, alias: str) -> Flow:
        """A flow with all its steps. Needs view-realm."""
        if alias not in self._flows:
            flow_id = next(flow_id for flow_id, each in self.flow_aliases.items() if each == alias)
            self._flows[alias] = flow_api.read(self.api, flow_id, alias)
        return self._flows[alias]

    @cached_property
    def flow_aliases(self) -> Mapping[str, str]:
        """Aliases of the top-level flows by their ids. Needs view-realm."""
        return flow_api.aliases(self.api)

    @cached_property
    def clients(self) -> tuple[Client, ...]:
        """Clients that are on and have direct access grants or a flow of their own. Needs view-clients."""
        return tuple(
            Client(each["id"], each["clientId"], bool(each.get("directAccessGrantsEnabled")), overrides)
            for each in self.api.pages(endpoints.clients(self.name))
            if each.get("enabled") and not each.get("bearerOnly")
            for overrides in [{k: v for k, v in (each.get("authenticationFlowBindingOverrides") or {}).items() if v}]
            if overrides or each.get("directAccessGrantsEnabled")
        )

    @cached_property
    def identity_providers(self) -> tuple[IdentityProvider, ...]:
        """Identity providers that are on and not for linking only. Needs view-identity-providers."""
        return tuple(
            IdentityProvider(each["alias"], each.get("postBrokerLoginFlowAlias") or None, each)
            for each in self.api.pages(endpoints.identity_providers(self.name), briefRepresentation="false")
            if each.get("enabled") and not each.get("linkOnly") and _LOGIN in each.get("types", [_LOGIN])
        )

    def clients_with_sessions_before(self, moment: datetime) -> Iterator[str]:
        """Names of clients at which a session from before a moment is open. Needs view-realm and view-clients.

        Reads a client's sessions until it finds one.
        """
        for client in self.api.call(self.api.keycloak.get_client_sessions_stats):
            lists = [
                endpoints.client_sessions(self.name, client["id"], offline=offline)
                for offline, count in ((False, client.get("active")), (True, client.get("offline")))
                if int(count or 0)
            ]
            if any(session["start"] < moment.timestamp() * 1000 for path in lists for session in self.api.pages(path)):
                yield client["clientId"]
