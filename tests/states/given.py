"""The states of a realm, each made as it comes about in life."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.extension.logins import with_password
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import ENFORCER, RECOVERY_CODES, SECURITY_KEY, Realm, otp_credential, service_account
from tests.ldap import Ldap
from tests.states.logins import as_a_service, as_the_directory_knows_them, in_the_browser
from tests.states.told import USER, LogIn

from keycloak_2fa.realm.enforcement_state import ROLE
from keycloak_2fa.realm.guard import ALIAS as GUARD

KEEPER = "keeper"
AS_KEEPER = {"KC2FA_CLIENT_ID": KEEPER, "KC2FA_CLIENT_SECRET": f"{KEEPER}-secret"}
KEEPER_ACCOUNT = service_account(KEEPER, "manage-realm", "manage-users", "manage-clients", "manage-identity-providers")
"""A service account that may do what `harden` does."""


WITH_GUARD = {
    "requiredActions": [
        {"alias": alias, "name": alias, "providerId": alias, "enabled": True, "defaultAction": False}
        for alias in ("CONFIGURE_TOTP", "delete_credential", GUARD)
    ]
}
"""Settings of a realm that was enforced with the extension."""


@dataclass(frozen=True)
class Scene:
    """Where a state is made.

    Attributes:
        kc2fa: The command.
        realm: A realm with one user, who has a password and no OTP.
        until: What must be there until everybody was asked.
    """

    kc2fa: Kc2fa
    realm: Realm
    until: ExitStack

    def enforce(self, *more: str, ends: int = 0) -> None:
        _ended(self.kc2fa("enforce", "--json", *CONFIRM, *more, realm=self.realm), ends)

    def harden(self, *more: str) -> None:
        _ended(self.kc2fa("harden", "--all", "--yes", "--json", *more, realm=self.realm, **AS_KEEPER))

    def exempt(self, *more: str) -> None:
        day = str(datetime.now(UTC).date() + timedelta(days=30))
        given = ("--reason", "break glass", "--approver", "the auditor", "--expires", day)
        _ended(self.kc2fa("exempt", "add", USER, *given, *more, "--json", realm=self.realm))

    def take_actions_away(self) -> None:
        self.realm.put(f"users/{self._user_id}", {"requiredActions": []})

    def remove_user(self) -> None:
        self.realm.delete(f"users/{self._user_id}")

    def import_user(self, **more: Any) -> None:
        users = [with_password(USER, **more)]
        self.realm.post("partialImport", {"ifResourceExists": "OVERWRITE", "users": users})

    def change_action(self, **settings: bool) -> None:
        action = self.realm.required_action() | settings
        self.realm.put("authentication/required-actions/CONFIGURE_TOTP", action)

    def change_role(self, name: str, **attributes: str) -> None:
        role = next(each for each in self.realm.get("roles", briefRepresentation="false") if each["name"] == name)
        changed = role["attributes"] | {key: [value] for key, value in attributes.items()}
        self.realm.put(f"roles-by-id/{role['id']}", role | {"attributes": changed})

    def take_in_flow(self, step: str) -> None:
        """The browser flow takes another second factor."""
        path = "authentication/flows/browser/executions"
        execution = next(each for each in self.realm.get(path) if each.get("providerId") == step)
        self.realm.put(path, execution | {"requirement": "ALTERNATIVE"})

    @property
    def exemption(self) -> str:
        return f"two-factor-exempt-{self._user_id}"

    @property
    def _user_id(self) -> str:
        return str(self.realm.user(USER)["id"])


@dataclass(frozen=True)
class State:
    """One row of the table.

    Attributes:
        given: Brings the scene into the state.
        log_in: How its user logs in.
        settings: What its realm has from the beginning.
    """

    given: Callable[[Scene], None]
    log_in: LogIn = in_the_browser
    settings: Mapping[str, Any] = field(default_factory=dict)


def off(_: Scene) -> None:
    pass


def enforced(at: Scene) -> None:
    at.enforce()


def created(at: Scene) -> None:
    """An administrator made the user after 2FA was ON."""
    at.remove_user()
    at.enforce()
    at.realm.post("users", with_password(USER))


def enrolled(at: Scene) -> None:
    at.import_user(credentials=[otp_credential()])
    at.enforce()


def disabled(at: Scene) -> None:
    at.import_user(enabled=False)
    at.enforce()


def administrator(at: Scene) -> None:
    at.import_user(clientRoles={"realm-management": ["realm-admin"]})
    at.enforce()


def service(at: Scene) -> None:
    """The realm's only user is a service account."""
    at.remove_user()
    assert at.realm.user(f"service-account-{ENFORCER}")
    at.enforce()


def half_done(at: Scene) -> None:
    """Enforcing was interrupted before the user was marked."""
    at.enforce()
    at.change_role(ROLE, state="ENFORCING")
    at.take_actions_away()


def imported(at: Scene) -> None:
    """The user came by an import after 2FA was ON."""
    at.enforce()
    at.import_user()


def emptied(at: Scene) -> None:
    """Another tool took the required action away."""
    at.enforce()
    at.take_actions_away()


def otp_removed(at: Scene) -> None:
    """An administrator removed the user's OTP after 2FA was ON."""
    enrolled(at)
    user = at.realm.user(USER)["id"]
    otp = next(each for each in at.realm.get(f"users/{user}/credentials") if each["type"] == "otp")
    at.realm.delete(f"users/{user}/credentials/{otp['id']}")


def recovery_codes(at: Scene) -> None:
    at.import_user(credentials=[RECOVERY_CODES])
    at.enforce()


def recovery_codes_in_the_flow(at: Scene) -> None:
    at.take_in_flow("auth-recovery-authn-code-form")
    recovery_codes(at)


def recovery_codes_alone(at: Scene) -> None:
    """Recovery codes, of which the user's set-up is no longer due."""
    recovery_codes_in_the_flow(at)
    at.take_actions_away()


def security_key_in_the_flow(at: Scene) -> None:
    at.take_in_flow("webauthn-authenticator")
    at.import_user(credentials=[SECURITY_KEY])
    at.enforce()


def security_key_alone(at: Scene) -> None:
    security_key_in_the_flow(at)
    at.take_actions_away()


def unwritable(at: Scene) -> None:
    """Keycloak refuses to write the user, since the stored address is not valid."""
    at.import_user(email="not an address")
    at.kc2fa("enforce", "--json", *CONFIRM, realm=at.realm)


def unwritable_accepted(at: Scene) -> None:
    at.import_user(email="not an address")
    at.enforce("--accept", "unwritable-users")


def in_ldap(at: Scene) -> None:
    """An LDAP directory keeps the user to itself."""
    at.remove_user()
    directory = at.until.enter_context(Ldap(USER))
    at.realm.post("components", directory.storage(imports=False))
    at.enforce(ends=5)


def in_silent_ldap(at: Scene) -> None:
    """The same, and the directory does not answer any longer."""
    at.remove_user()
    with Ldap(USER) as directory:
        at.realm.post("components", directory.storage(imports=False))
        at.enforce("--accept", "unwritable-users")


def default_off(at: Scene) -> None:
    """Somebody switched the default action off after 2FA was ON."""
    at.enforce()
    at.change_action(defaultAction=False)


def totp_off(at: Scene) -> None:
    """Somebody switched CONFIGURE_TOTP off after 2FA was ON."""
    at.enforce()
    at.change_action(enabled=False)


def exempt(at: Scene) -> None:
    at.exempt()
    at.enforce()


def expired(at: Scene) -> None:
    """The exemption ended yesterday."""
    exempt(at)
    at.change_role(at.exemption, expires=str(datetime.now(UTC).date() - timedelta(days=1)))


def planted(at: Scene) -> None:
    """Somebody made the exemption's role by hand."""
    emptied(at)
    at.realm.post("roles", {"name": at.exemption, "attributes": {"expires": ["9999-12-31"]}})


def hardened(at: Scene) -> None:
    at.enforce()
    at.harden()


def hardened_and_emptied(at: Scene) -> None:
    emptied(at)
    at.harden()


def exempt_then_hardened(at: Scene) -> None:
    exempt(at)
    at.harden("--accept", "exempt-asked")


def hardened_then_exempt(at: Scene) -> None:
    hardened(at)
    at.exempt("--accept", "exempt-asked")


def record_deleted(at: Scene) -> None:
    """Somebody deleted the role that says ON, and took the action away."""
    emptied(at)
    at.realm.delete(f"roles/{ROLE}")


def guard_off(at: Scene) -> None:
    """Somebody switched the guard off, and took the action away."""
    emptied(at)
    path = f"authentication/required-actions/{GUARD}"
    at.realm.put(path, at.realm.get_one(path) | {"enabled": False})


def extension_came_later(at: Scene) -> None:
    """The realm was enforced before the server had the extension."""
    at.realm.put("", {"adminEventsEnabled": False})
    at.enforce("--engine", "admin-api")
    at.realm.delete(f"authentication/required-actions/{GUARD}")
    at.take_actions_away()


ANYWHERE: Mapping[str, State] = {
    "OFF": State(off),
    "enforced": State(enforced),
    "user created after ON": State(created),
    "enforced, user enrolled": State(enrolled),
    "disabled user": State(disabled),
    "administrator of the realm": State(administrator),
    "service account": State(service, as_a_service),
    "interrupted, user not marked yet": State(half_done),
    "imported after ON": State(imported),
    "required action taken away": State(emptied),
    "OTP removed by an administrator": State(otp_removed),
    "recovery codes only": State(recovery_codes),
    "recovery codes only, the flow takes them": State(recovery_codes_in_the_flow),
    "recovery codes only, required action taken away": State(recovery_codes_alone),
    "security key only, the flow takes it": State(security_key_in_the_flow),
    "security key only, required action taken away": State(security_key_alone),
    "stored profile is invalid": State(unwritable),
    "stored profile is invalid, accepted": State(unwritable_accepted),
    "kept by LDAP, import off": State(in_ldap, as_the_directory_knows_them),
    "kept by an LDAP that does not answer": State(in_silent_ldap, as_the_directory_knows_them),
    "default action switched off": State(default_off),
    "CONFIGURE_TOTP switched off": State(totp_off),
    "exempt": State(exempt),
    "exemption expired": State(expired),
    "exemption planted by hand": State(planted),
    "hardened": State(hardened),
    "hardened, required action taken away": State(hardened_and_emptied),
    "exempt, then hardened": State(exempt_then_hardened),
    "hardened, then exempt": State(hardened_then_exempt),
    "enforcement role deleted": State(record_deleted),
}
WITHOUT_EXTENSION: Mapping[str, State] = ANYWHERE | {
    "extension removed from the server": State(emptied, settings=WITH_GUARD)
}
WITH_EXTENSION: Mapping[str, State] = ANYWHERE | {
    "guard switched off": State(guard_off),
    "extension came after enforcement": State(extension_came_later),
}


def _ended(run: Run, code: int = 0) -> None:
    assert run.exit == code, run
