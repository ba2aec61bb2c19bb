"""Client policies: which of them replace the login flow. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.verification.flow_bindings import FLOW_ENFORCER

ALIAS = "auth-flow-alias"
"""What the executor's configuration calls the flow."""


@dataclass(frozen=True)
class EnforcedFlow:
    """A flow to which a client policy leads.

    Attributes:
        policy: The policy's name.
        profile: Name of the profile with the executor.
        alias: The flow's alias.
    """

    policy: str
    profile: str
    alias: str


@dataclass(frozen=True)
class ClientPolicies:
    """A realm's client policies.

    Attributes:
        policies: The ClientPoliciesRepresentation.
        profiles: The ClientProfilesRepresentation, with the global profiles.
    """

    policies: Mapping[str, Any]
    profiles: Mapping[str, Any]

    @property
    def enforced_flows(self) -> tuple[EnforcedFlow, ...]:
        """The flows to which policies lead that are on. Keycloak applies no policy that has no condition."""
        return tuple(
            EnforcedFlow(policy["name"], profile, alias)
            for policy in self.policies.get("policies") or ()
            if policy.get("enabled") and policy.get("conditions")
            for profile in policy.get("profiles") or ()
            for alias in self._aliases(profile)
        )

    def _aliases(self, profile: str) -> Iterator[str]:
        every = [*(self.profiles.get("profiles") or ()), *(self.profiles.get("globalProfiles") or ())]
        for each in every:
            for executor in (each.get("executors") or ()) if each["name"] == profile else ():
                alias = (executor.get("configuration") or {}).get(ALIAS)
                if executor.get("executor") == FLOW_ENFORCER and alias:
                    yield alias


def leading_to(profiles: Mapping[str, Any], profile: str, before: str, after: str) -> dict[str, Any]:
    """The realm's own profiles, of which one leads to another flow.

    Args:
        profiles: The ClientProfilesRepresentation.
        profile: The profile's name.
        before: Alias of the flow to which its executors lead.
        after: Alias of the flow to which they shall lead.
    """

    def changed(executor: Mapping[str, Any]) -> Mapping[str, Any]:
        configuration = executor.get("configuration") or {}
        if executor.get("executor") != FLOW_ENFORCER or configuration.get(ALIAS) != before:
            return executor
        return {**executor, "configuration": {**configuration, ALIAS: after}}

    return {
        "profiles": [
            {**each, "executors": [changed(executor) for executor in each.get("executors") or ()]}
            if each["name"] == profile
            else each
            for each in profiles.get("profiles") or ()
        ]
    }
