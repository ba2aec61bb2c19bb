"""Giving and ending an exemption, with what it means for the account at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from keycloak_2fa.accounts import required_actions
from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.people import exemptions, lookup
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.lookup import UnknownUserError
from keycloak_2fa.realm import enforcement_state, roles
from keycloak_2fa.realm.enforcement_state import State
from keycloak_2fa.verification import exempt_logins
from keycloak_2fa.verification.exempt_logins import ExemptAskedError
from keycloak_2fa.verification.snapshot import Snapshot
from keycloak_2fa.warning_codes import CodedWarning, WarningCode


@dataclass(frozen=True)
class Given:
    """An exemption that was given.

    Attributes:
        realm: The realm's name.
        exemption: As it is kept.
        set_up_taken_back: Whether CONFIGURE_TOTP was due and is no longer.
        asking_flows: Aliases of the realm's flows that ask the user for a second factor anyway.
    """

    realm: str
    exemption: Exemption
    set_up_taken_back: bool
    asking_flows: tuple[str, ...]

    @property
    def warnings(self) -> list[CodedWarning]:
        """What the person who gave it should know, a sentence each."""
        if not self.asking_flows:
            return []
        said = f"{self.exemption.username} must set up OTP anyway: {_asking(self.asking_flows)}."
        return [WarningCode.EXEMPT_USER_ASKED.says(said)]


@dataclass(frozen=True)
class Ended:
    """An exemption that was ended.

    Attributes:
        realm: The realm's name.
        exemption: As it was.
        asked: Whether the account must set up 2FA now.
    """

    realm: str
    exemption: Exemption
    asked: bool


def add_exemption(
    api: AdminApi, name: str, *, reason: str, approver: str, expires: str, though_asked: bool = False
) -> Given:
    """Exempt one person, and take back a set-up that is due.

    Args:
        api: The caller's connection.
        name: Username, email or id.
        reason: Why.
        approver: Who answers for it.
        expires: The last day, as 2026-12-31.
        though_asked: Do it although the realm's flows ask this user for a second factor anyway.

    Raises:
        ExemptAskedError: The realm's flows ask this user for a second factor anyway.
        RoleMissingError: The caller may not; it names the roles that are missing.
        UsageError: Nobody, or more than one, is called that; or a value is missing or wrong.
        Error: The server fails.
    """
    who = caller.identify(api)
    preflight.check_roles(api, who)
    person = lookup.get_person(api, name)
    exemption = exemptions.new_exemption(person, reason=reason, approver=approver, expires=expires, by=who.username)
    asking_flows = () if person.has_otp else exempt_logins.asking_flows(Snapshot(api))
    if asking_flows and not though_asked:
        raise ExemptAskedError(
            f"{person.username} would be exempt but have to set up OTP anyway: {_asking(asking_flows)}.",
            "Install the extension (kc2fa extension install) and run kc2fa harden, which then binds flows that let "
            f"exempt users through; or accept it with --accept {exempt_logins.ACCEPT}.",
        )
    # Kept first: a run of `enforce` at this moment leaves the account alone, and nothing is undone without a record.
    exemptions.add(api, exemption)
    return Given(api.settings.realm, exemption, required_actions.take_back(api, person), asking_flows)


def _asking(aliases: Iterable[str]) -> str:
    return f"the flow {' and '.join(map(repr, aliases))} asks everybody"


def list_exemptions(api: AdminApi) -> tuple[Exemption, ...]:
    """Every exemption of the realm, by name, also those that do not hold.

    Raises:
        RoleMissingError: The caller may not read them; it names the role.
    """
    return roles.naming(lambda: roles.check_realm(api, caller.identify(api)), lambda: exemptions.list_exemptions(api))


def end_exemption(api: AdminApi, name: str) -> Ended:
    """End one person's exemption, and ask them for the set-up where 2FA is ENFORCING or ON.

    Args:
        api: The caller's connection.
        name: Username or id.

    Raises:
        RoleMissingError: The caller may not; it names the roles that are missing.
        UnknownExemptionError: Nobody of that name is exempt.
        Error: The server fails.
    """
    preflight.check_roles(api, caller.identify(api))
    exemption = exemptions.named(exemptions.list_exemptions(api), name)
    exemptions.remove(api, exemption)
    asked = enforcement_state.get_state(api).state is not State.OFF and _ask(api, exemption)
    return Ended(api.settings.realm, exemption, asked)


def _ask(api: AdminApi, exemption: Exemption) -> bool:
    try:
        person = lookup.get_person(api, exemption.user_id)
    except UnknownUserError:
        return False
    return not person.has_otp and required_actions.ask(api, person)
