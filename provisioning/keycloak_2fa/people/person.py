"""A person of a realm, as the Admin API's full representation shows one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from keycloak_2fa.people.methods import Method

_NAMED_FIELDS = ("username", "email", "firstName", "lastName")


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the realm who is not a service account.

    Attributes:
        id: Keycloak's id; for a user kept in federation only it begins with `f:`.
        username: As it is stored, in any script.
        email: Their address, if they have one.
        enabled: Whether they may log in at all.
        has_otp: Whether an OTP credential exists, in Keycloak or in the federation provider.
        required_actions: Aliases of what is due at the next login, in the server's order.
        federation: Id of the user federation provider they come from, if any.
        attributes: The values of each attribute that has one.
        created_ms: When the user was created, in milliseconds since the epoch; None where Keycloak does not say.
        methods: What they log in with beside the password; None where that was not read.
        identity_provider: Alias of one that they log in with; None where there is none or that was not read.
    """

    id: str
    username: str
    email: str | None
    enabled: bool
    has_otp: bool
    required_actions: tuple[str, ...]
    federation: str | None
    attributes: Mapping[str, tuple[str, ...]] = field(hash=False)
    created_ms: int | None = None
    methods: tuple[Method, ...] | None = None
    identity_provider: str | None = None

    @classmethod
    def from_representation(cls, user: Mapping[str, Any]) -> Self:
        """Read a UserRepresentation that was asked for with `briefRepresentation=false`.

        Raises:
            KeyError: It is not a full representation: taking a missing `totp` for "no OTP" would mark
                people who are enrolled.
        """
        if not isinstance(user["totp"], bool):
            raise KeyError("totp")
        attributes = {name: tuple(values) for name, values in (user.get("attributes") or {}).items() if any(values)}
        return cls(
            id=user["id"],
            username=user["username"],
            email=user.get("email"),
            enabled=user["enabled"],
            has_otp=user["totp"],
            required_actions=tuple(user["requiredActions"]),
            federation=user.get("federationLink") or user.get("origin"),
            attributes=attributes | {name: (user[name],) for name in _NAMED_FIELDS if user.get(name)},
            created_ms=user.get("createdTimestamp"),
        )
