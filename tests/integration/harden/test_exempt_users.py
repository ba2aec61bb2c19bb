"""Break-glass accounts and flows that demand a second factor of everybody, on a server without the extension."""

from datetime import timedelta

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.harden.conftest import AS_KEEPER, Olga
from tests.integration.realms import MakeRealm, Realm
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa import timestamps
from keycloak_2fa.login.pages import Done, SetUpTotp
from keycloak_2fa.people import exemptions
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.slow

DAY = str(timestamps.today() + timedelta(days=1))


@pytest.fixture
def realm(make_open: MakeRealm, olga: Olga, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, with a break-glass account, whose name is glass, that is not exempt yet."""
    realm = make_open(windows.user("glass"), olga.user)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


def exempt(kc2fa: Kc2fa, realm: Realm, *more: str, user: str = "glass") -> Run:
    given = ("--reason", "phones gone", "--approver", "the CISO", "--expires", DAY)
    return kc2fa("exempt", "add", user, *given, *more, "--json", realm=realm)


def harden(kc2fa: Kc2fa, realm: Realm, *more: str) -> Run:
    return kc2fa("harden", "--all", "--yes", "--json", *more, realm=realm, **AS_KEEPER)


def asked_in_vain(kc2fa: Kc2fa, realm: Realm) -> list[str]:
    """Whom verify names as exempt and asked all the same."""
    found = kc2fa("verify", "--json", realm=realm, **AS_KEEPER).data["findings"]
    return [each["where"] for each in found if each["id"] == "exemption-asked"]


def test_hardening_names_the_exempt_and_is_refused(realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    # Given an exempt account that logs in by its password
    assert exempt(kc2fa, realm).exit == 0
    was = realm.representation()
    # When
    run = harden(kc2fa, realm)
    # Then nothing is bound, and it still does
    assert (run.exit, run.error["code"], "glass" in run.error["message"]) == (6, "exempt-asked", True)
    assert realm.representation() == was
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("glass")[1], Done)
    assert people.grant("glass").ok
    assert asked_in_vain(kc2fa, realm) == []


def test_hardening_that_was_accepted_asks_the_exempt_and_verify_says_so(
    realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    exempt(kc2fa, realm)
    assert harden(kc2fa, realm, "--accept", "exempt-asked").exit == 0
    assert isinstance(Windows(keycloak, realm).log_in("glass")[1], SetUpTotp)
    assert asked_in_vain(kc2fa, realm) == ["glass"]


def test_an_exemption_after_hardening_is_refused(realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    # Given a realm whose flows ask everybody
    assert harden(kc2fa, realm).exit == 0
    # When
    run = exempt(kc2fa, realm)
    # Then nothing is promised that the browser does not keep
    assert (run.exit, run.error["code"]) == (6, "exempt-asked")
    assert "browser with 2FA" in run.error["message"]
    assert realm.get("roles", search=exemptions.PREFIX) == []
    assert isinstance(Windows(keycloak, realm).log_in("glass")[1], SetUpTotp)


def test_an_exemption_that_was_accepted_is_given_with_a_warning(realm: Realm, kc2fa: Kc2fa) -> None:
    harden(kc2fa, realm)
    run = exempt(kc2fa, realm, "--accept", "exempt-asked")
    assert (run.exit, "glass" in run.warned[WarningCode.EXEMPT_USER_ASKED]) == (0, True)
    assert asked_in_vain(kc2fa, realm) == ["glass"]


def test_who_has_otp_is_asked_by_any_flow_and_may_be_exempt(realm: Realm, kc2fa: Kc2fa) -> None:
    assert exempt(kc2fa, realm, user="olga").exit == 0
    assert harden(kc2fa, realm).exit == 0
    assert asked_in_vain(kc2fa, realm) == []


def test_no_setting_of_this_server_lets_them_through(realm: Realm, kc2fa: Kc2fa) -> None:
    harden(kc2fa, realm)
    exempt(kc2fa, realm, "--accept", "exempt-asked")
    run = kc2fa("harden", "--fix", "exemption-asked", "--yes", "--json", realm=realm, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (7, "still-open")
    assert "extension install" in run.data["left"][0]["fix"]


@pytest.mark.parametrize("command", ["harden", "exempt"])
def test_only_a_risk_can_be_accepted(realm: Realm, kc2fa: Kc2fa, command: str) -> None:
    run = harden(kc2fa, realm, "--accept", "x") if command == "harden" else exempt(kc2fa, realm, "--accept", "x")
    assert (run.exit, run.error["code"]) == (2, "usage")
