"""What a user can log in with beside the password: the methods that count as a second factor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from keycloak_2fa import timestamps


class Kind(StrEnum):
    """Keycloak's credential types of second factors."""

    OTP = "otp"
    WEBAUTHN = "webauthn"
    PASSKEY = "webauthn-passwordless"
    RECOVERY_CODES = "recovery-authn-codes"


_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Method:
    """One credential.

    Attributes:
        kind: Its type.
        label: The name that the user gave it, if any.
        created_at: When it was set up, RFC 3339 in UTC; None where the user storage keeps it and does not say.
    """

    kind: Kind
    label: str | None
    created_at: str | None


def from_credentials(credentials: Iterable[Mapping[str, Any]]) -> tuple[Method, ...]:
    """The methods among a user's credentials, in Keycloak's order.

    Args:
        credentials: CredentialRepresentations; those of other types are left out.
    """
    return tuple(
        Method(Kind(each["type"]), each.get("userLabel") or None, _moment(each.get("createdDate")))
        for each in credentials
        if each["type"] in _KINDS
    )


def enrolled_at(methods: Iterable[Method]) -> tuple[str | None, str | None]:
    """When the user set up the oldest OTP that they have, and the newest."""
    moments = [each.created_at for each in methods if each.kind is Kind.OTP and each.created_at]
    return min(moments, default=None), max(moments, default=None)


def _moment(milliseconds: int | None) -> str | None:
    return timestamps.rfc3339(milliseconds / 1000) if milliseconds else None
