"""Bringing a realm to `realm/`: created whole where there is none, else its OTP policy and CONFIGURE_TOTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError
from keycloak_2fa.errors import BadFileError, NotHoldingError, RoleMissingError, UnknownRealmError
from keycloak_2fa.realm import missing_roles, otp_policy, required_action
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.settings import Change, RealmSettings, apply_settings, get_settings, plan_settings


class RealmDiffersError(NotHoldingError):
    """The realm is not as the realm JSON has it; nothing was written."""

    code = "realm-differs"


@dataclass(frozen=True)
class RealmFile:
    """A realm JSON.

    Attributes:
        policy: The OTP policy in it.
        representation: All of it, a RealmRepresentation.
    """

    policy: OtpPolicy
    representation: Mapping[str, Any]


@dataclass(frozen=True)
class RealmPlan:
    """What bringing a realm to a realm JSON takes.

    Attributes:
        realm: The realm's name.
        file: The realm JSON.
        found: The realm as it is; None where there is none.
        changes: What differs on a realm that exists.
    """

    realm: str
    file: RealmFile
    found: RealmSettings | None
    changes: tuple[Change, ...]

    @property
    def exists(self) -> bool:
        """Whether the realm exists."""
        return self.found is not None

    @property
    def something_to_do(self) -> bool:
        """Whether carrying it out writes anything."""
        return self.found is None or bool(self.changes)


def load_realm_file(path: Path | None = None) -> RealmFile:
    """Read a realm JSON.

    Args:
        path: The file; None for the one that comes with the package.

    Raises:
        BadFileError: It cannot be read, is not a realm JSON, or does not enforce 2FA.
    """
    name = str(path) if path else "realm.json"
    try:
        source = path or resources.files("keycloak_2fa").joinpath("realm_files", "realm.json")
        representation = json.loads(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadFileError(f"{name} cannot be read: {error.strerror}.", "Check the path.") from None
    except (ValueError, RecursionError) as error:
        raise BadFileError(f"{name} is not JSON: {error}.", "Give a realm as Keycloak exports it.") from None
    try:
        policy = otp_policy.from_realm(representation)
        action = required_action.find(representation["requiredActions"])
    except (AttributeError, KeyError, TypeError):
        policy = action = None
    if policy is None or action is None or not policy.compatible or not action.covers_new_users:
        raise BadFileError(
            f"{name} is not a realm JSON that enforces 2FA.",
            "It must have all seven otpPolicy keys (totp, HmacSHA1, 6, 30) and CONFIGURE_TOTP enabled and default.",
        )
    return RealmFile(policy, representation)


def plan_realm(api: AdminApi, file: RealmFile) -> RealmPlan:
    """Compare a realm with a realm JSON; writes nothing.

    Raises:
        Error: The login failed, a role is missing, or the server fails.
    """
    api.bearer()
    try:
        with missing_roles.named(api, "read the settings", "view-realm"):
            found = get_settings(api)
    except UnknownRealmError:
        return RealmPlan(api.settings.realm, file, None, ())
    return RealmPlan(api.settings.realm, file, found, plan_settings(found, file.policy))


def difference(plan: RealmPlan) -> RealmDiffersError | None:
    """The error that says that the realm is not as the realm JSON has it; None where it is. Pure."""
    if not plan.something_to_do:
        return None
    what = "differs from the realm JSON" if plan.exists else "does not exist"
    return RealmDiffersError(f"Realm {plan.realm!r} {what}.", "kc2fa realm apply changes it.")


def apply_realm(api: AdminApi, plan: RealmPlan) -> None:
    """Create the realm, or make the plan's changes.

    Raises:
        RoleMissingError: The caller may not; the message names the role.
    """
    if plan.found is not None:
        apply_settings(api, plan.found, plan.file.policy)
        return
    try:
        api.call(api.keycloak.create_realm, {**plan.file.representation, "realm": plan.realm})
    except RoleMissingError:
        raise RoleMissingError(
            "The caller may not create realms: the role create-realm of the master realm is missing.",
            "Give it create-realm, or have an administrator create the realm and run this again.",
        ) from None
    except ConflictError:
        # It exists by now: by a request of ours whose answer was lost, or by another caller.
        api.token_refused(api.bearer())  # The roles in a new realm are in a new token only.
        apply_settings(api, get_settings(api), plan.file.policy)
