"""The required action CONFIGURE_TOTP in a realm: what it is, and what enforcement needs it to be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.errors import ProviderAbsentError

ALIAS = "CONFIGURE_TOTP"


@dataclass(frozen=True)
class RequiredAction:
    """CONFIGURE_TOTP, or another one, as a realm has it.

    Attributes:
        enabled: Without it Keycloak skips the action silently in the browser.
        default: Whether every new user gets it.
        representation: The whole RequiredActionProviderRepresentation; Keycloak replaces all of it on a write.
    """

    enabled: bool
    default: bool
    representation: Mapping[str, Any]

    @property
    def covers_new_users(self) -> bool:
        """Whether users created from now on will have to set up OTP."""
        return self.enabled and self.default


def find(representations: Iterable[Mapping[str, Any]], alias: str = ALIAS) -> RequiredAction | None:
    """Find CONFIGURE_TOTP, or another one, among a realm's required actions; None where it is not registered."""
    for representation in representations:
        if representation.get("alias") == alias:
            return RequiredAction(
                enabled=representation.get("enabled") is True,
                default=representation.get("defaultAction") is True,
                representation=representation,
            )
    return None


def provider_absent() -> ProviderAbsentError:
    """The error where the server lacks the provider."""
    return ProviderAbsentError(
        "The server has no required-action provider CONFIGURE_TOTP, so nobody could set up OTP.",
        f"Build and start Keycloak without --spi-required-action--{ALIAS}--enabled=false.",
    )


def enforced(action: RequiredAction) -> dict[str, Any]:
    """The representation to write: as it was, but enabled and default for new users."""
    return {**action.representation, "enabled": True, "defaultAction": True}


def differences(action: RequiredAction) -> list[tuple[str, Any, Any]]:
    """What enforcement changes, as (key, current value, wanted value)."""
    have = {"enabled": action.enabled, "defaultAction": action.default}
    return [(f"{ALIAS}.{key}", value, True) for key, value in have.items() if not value]
