"""The states of a realm, each made as it comes about in life."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.extension.logins import with_password
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import Realm, otp_credential
from tests.states.told import USER, Given

from keycloak_2fa.realm.enforcement_state import ROLE
from keycloak_2fa.realm.guard import ALIAS as GUARD


def off(kc2fa: Kc2fa, realm: Realm) -> None:
    pass


def enforced(kc2fa: Kc2fa, realm: Realm) -> None:
    _done(kc2fa("enforce", "--json", *CONFIRM, realm=realm))


def enrolled(kc2fa: Kc2fa, realm: Realm) -> None:
    _replace(realm, credentials=[otp_credential()])
    enforced(kc2fa, realm)


def half_done(kc2fa: Kc2fa, realm: Realm) -> None:
    """Enforcing was interrupted before the user was marked."""
    enforced(kc2fa, realm)
    _role(realm, ROLE, state="ENFORCING")
    emptied(kc2fa, realm, enforce=False)


def imported(kc2fa: Kc2fa, realm: Realm) -> None:
    """The user came by an import after 2FA was ON."""
    realm.delete(f"users/{realm.user(USER)['id']}")
    enforced(kc2fa, realm)
    realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [with_password(USER)]})


def emptied(kc2fa: Kc2fa, realm: Realm, *, enforce: bool = True) -> None:
    """Another tool took the required action away."""
    if enforce:
        enforced(kc2fa, realm)
    realm.put(f"users/{realm.user(USER)['id']}", {"requiredActions": []})


def otp_removed(kc2fa: Kc2fa, realm: Realm) -> None:
    """An administrator removed the user's OTP after 2FA was ON."""
    enrolled(kc2fa, realm)
    user = realm.user(USER)["id"]
    otp = next(each for each in realm.get(f"users/{user}/credentials") if each["type"] == "otp")
    realm.delete(f"users/{user}/credentials/{otp['id']}")


def totp_off(kc2fa: Kc2fa, realm: Realm) -> None:
    """Somebody switched CONFIGURE_TOTP off after 2FA was ON."""
    enforced(kc2fa, realm)
    action = realm.required_action() | {"enabled": False}
    realm.put("authentication/required-actions/CONFIGURE_TOTP", action)


def exempt(kc2fa: Kc2fa, realm: Realm) -> None:
    _exempt(kc2fa, realm)
    enforced(kc2fa, realm)


def expired(kc2fa: Kc2fa, realm: Realm) -> None:
    """The exemption ended yesterday."""
    exempt(kc2fa, realm)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    _role(realm, f"two-factor-exempt-{realm.user(USER)['id']}", expires=str(yesterday))


def planted(kc2fa: Kc2fa, realm: Realm) -> None:
    """Somebody made the exemption's role by hand."""
    emptied(kc2fa, realm)
    role = f"two-factor-exempt-{realm.user(USER)['id']}"
    realm.post("roles", {"name": role, "attributes": {"expires": ["9999-12-31"]}})


def hardened(kc2fa: Kc2fa, realm: Realm) -> None:
    enforced(kc2fa, realm)
    _harden(kc2fa, realm)


def hardened_and_emptied(kc2fa: Kc2fa, realm: Realm) -> None:
    emptied(kc2fa, realm)
    _harden(kc2fa, realm)


def record_deleted(kc2fa: Kc2fa, realm: Realm) -> None:
    """Somebody deleted the role that says ON, and took the action away."""
    emptied(kc2fa, realm)
    realm.delete(f"roles/{ROLE}")


def guard_off(kc2fa: Kc2fa, realm: Realm) -> None:
    """Somebody switched the guard off, and took the action away."""
    emptied(kc2fa, realm)
    actions = realm.get("authentication/required-actions")
    guard = next(each for each in actions if each["alias"] == GUARD)
    realm.put(f"authentication/required-actions/{GUARD}", guard | {"enabled": False})


def exempt_and_hardened(kc2fa: Kc2fa, realm: Realm) -> None:
    exempt(kc2fa, realm)
    _harden(kc2fa, realm)


ANYWHERE: Mapping[str, Given] = {
    "OFF": off,
    "enforced": enforced,
    "enforced, user enrolled": enrolled,
    "interrupted, user not marked yet": half_done,
    "imported after ON": imported,
    "required action taken away": emptied,
    "OTP removed by an administrator": otp_removed,
    "CONFIGURE_TOTP switched off": totp_off,
    "exempt": exempt,
    "exemption expired": expired,
    "exemption planted by hand": planted,
    "hardened": hardened,
    "hardened, required action taken away": hardened_and_emptied,
    "enforcement role deleted": record_deleted,
}
WITH_EXTENSION: Mapping[str, Given] = ANYWHERE | {
    "guard switched off": guard_off,
    "exempt, then hardened": exempt_and_hardened,
}


def _replace(realm: Realm, **more: Any) -> None:
    realm.delete(f"users/{realm.user(USER)['id']}")
    realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [with_password(USER, **more)]})


def _role(realm: Realm, name: str, **attributes: str) -> None:
    role = next(each for each in realm.get("roles", briefRepresentation="false") if each["name"] == name)
    changed = role["attributes"] | {key: [value] for key, value in attributes.items()}
    realm.put(f"roles-by-id/{role['id']}", role | {"attributes": changed})


def _exempt(kc2fa: Kc2fa, realm: Realm) -> None:
    day = str(datetime.now(UTC).date() + timedelta(days=30))
    given = ("--reason", "break glass", "--approver", "the auditor", "--expires", day)
    _done(kc2fa("exempt", "add", USER, *given, "--json", realm=realm))


def _harden(kc2fa: Kc2fa, realm: Realm) -> None:
    _done(kc2fa("harden", "--all", "--yes", "--json", realm=realm))


def _done(run: Any) -> None:
    assert run.exit == 0, run
