"""`kc2fa reset` on a terminal: what will go is shown, and the answer may be no."""

import pytest
from tests.integration.command import Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, person
from tests.integration.terminal import Terminal
from tests.server import Keycloak

from keycloak_2fa.accounts.reset import OPEN_UNTIL_SET_UP
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.core


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """Jane with a password and a phone."""
    return make_realm(person("jane", credentials=[*password("horse"), otp_credential("phone")]))


def devices(realm: Realm) -> list[str]:
    credentials = realm.get(f"users/{realm.user('jane')['id']}/credentials")
    return [each["userLabel"] for each in credentials if each["type"] == "otp"]


@pytest.fixture
def dialog(keycloak: Keycloak, realm: Realm) -> Terminal:
    """The question that `reset jane` asks."""
    terminal = Terminal(["reset", "jane"], environment_for(keycloak, realm))
    terminal.read_until("Reset jane?")
    return terminal


@pytest.mark.slow
def test_it_shows_what_will_be_removed(dialog: Terminal) -> None:
    assert "otp 'phone'" in dialog.shown
    dialog.type("n\n")
    dialog.end()


@pytest.mark.slow
def test_it_says_that_the_password_is_enough_to_set_up(dialog: Terminal) -> None:
    assert OPEN_UNTIL_SET_UP in " ".join(dialog.shown.split())
    dialog.type("n\n")
    dialog.end()


@pytest.mark.slow
def test_yes_does_it(dialog: Terminal, realm: Realm) -> None:
    dialog.type("y\n")
    assert (dialog.end(), devices(realm), realm.marked()) == (0, [], {"jane"})


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_anything_else_changes_nothing(dialog: Terminal, realm: Realm, answer: str) -> None:
    dialog.type(answer)
    assert (dialog.end(), devices(realm), realm.marked()) == (6, ["phone"], set())
    assert "--yes" in dialog.shown.partition("Error:")[2]


def test_ctrl_c_says_that_nothing_was_changed(dialog: Terminal, realm: Realm) -> None:
    dialog.type("\x03")
    assert (dialog.end(), devices(realm), realm.marked()) == (130, ["phone"], set())
    # An interruption that may have changed something names no realm.
    assert f"'{realm.name}'" in dialog.shown.partition("Error:")[2]


def test_with_yes_it_does_not_ask(keycloak: Keycloak, realm: Realm) -> None:
    terminal = Terminal(["reset", "jane", "--yes"], environment_for(keycloak, realm))
    assert (terminal.end(), devices(realm)) == (0, [])


def test_in_a_script_the_name_is_the_consent(kc2fa: Kc2fa, realm: Realm) -> None:
    run = kc2fa("reset", "jane", "--json", realm=realm)
    assert (run.exit, devices(realm)) == (0, [])


def test_a_script_is_warned_too(kc2fa: Kc2fa, realm: Realm) -> None:
    assert set(kc2fa("reset", "jane", "--json", realm=realm).warned) == {WarningCode.OPEN_UNTIL_SET_UP}
