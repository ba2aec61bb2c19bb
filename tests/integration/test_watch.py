"""`kc2fa status --watch` on a terminal."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm, otp_credential, person
from tests.integration.terminal import Terminal
from tests.server import Keycloak

pytestmark = pytest.mark.slow


@pytest.fixture
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, with one user who is enrolled and one who is not."""
    realm = make_realm(person("enrolled", credentials=[otp_credential()]), person("late"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


def watch(keycloak: Keycloak, realm: Realm) -> Terminal:
    return Terminal(["status", "--watch"], environment_for(keycloak, realm), columns=80)


def test_ctrl_c_ends_it_without_an_error(keycloak: Keycloak, realm: Realm) -> None:
    terminal = watch(keycloak, realm)
    terminal.read_until("Ctrl-C to quit.")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert "2FA is currently set to: ON" in terminal.shown
    assert "50% enrolled" in terminal.shown
    assert "Error" not in terminal.shown


def test_it_follows_a_roll_out_and_ends_when_everybody_is_enrolled(keycloak: Keycloak, realm: Realm) -> None:
    # Given somebody who watches
    terminal = watch(keycloak, realm)
    terminal.read_until("+0 enrolled since")
    # When the last user sets up OTP
    late = person("late", credentials=[otp_credential()])
    realm.post("partialImport", {"ifResourceExists": "OVERWRITE", "users": [late]})
    # Then it says so, and ends
    terminal.read_until("All users are enrolled or exempt.")
    assert (terminal.end(), "100% enrolled" in terminal.shown) == (0, True)


def test_it_waits_for_a_realm_that_is_off(keycloak: Keycloak, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("enrolled", credentials=[otp_credential()]))
    terminal = watch(keycloak, realm)
    terminal.read_until("Ctrl-C to quit.")
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    terminal.read_until("All users are enrolled or exempt.")
    assert (terminal.end(), "2FA is currently set to: ON" in terminal.shown) == (0, True)


@pytest.mark.parametrize("more", [("--json",), ("--all-realms",), ("--realm", "another"), ()])
def test_without_a_terminal_or_with_several_realms_it_is_wrong_usage(
    realm: Realm, kc2fa: Kc2fa, more: tuple[str, ...]
) -> None:
    assert kc2fa("status", "--watch", "--realm", realm.name, *more, realm=realm).exit == 2
