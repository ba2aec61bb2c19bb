"""`kc2fa enforce` on a terminal: it shows what it will do, asks for the words, and takes no for an answer."""

import re
import signal

import pytest
from tests.integration.command import CONFIRM, Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm, people
from tests.integration.terminal import Terminal
from tests.server import Keycloak


class TestTheDialog:
    @pytest.fixture
    def fresh(self, make_realm: MakeRealm) -> Realm:
        """A realm to enforce."""
        return make_realm(*people(3))

    def open(self, keycloak: Keycloak, realm: Realm, **more: str) -> Terminal:
        return Terminal(["enforce"], environment_for(keycloak, realm, **more))

    @pytest.mark.slow
    def test_shows_the_figures_and_takes_the_words(self, keycloak: Keycloak, fresh: Realm) -> None:
        # Given the dialog
        terminal = self.open(keycloak, fresh)
        shown = terminal.read_until('Type "Enforce 2FA" to go on')
        # Then it shows whom it will ask, and how many, and that there is no way back
        assert re.search(r"to mark +3\b", shown)
        assert "person-00002" in shown
        assert "cannot be reverted" in shown
        # And when the words are typed, it is done
        terminal.type("Enforce 2FA\n")
        assert terminal.end() == 0, terminal.shown
        assert "2FA is currently set to: ON" in terminal.shown
        assert len(fresh.marked()) == 3

    @pytest.mark.slow
    def test_refuses_other_words_after_three_tries(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh)
        for words in ("yes", "enforce 2fa", "Enforce"):
            terminal.read_until("to go on: ")
            terminal.type(f"{words}\n")
        assert (terminal.end(), fresh.marked()) == (6, set())

    @pytest.mark.slow
    def test_asks_again_after_a_slip(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh)
        terminal.read_until("to go on: ")
        terminal.type("Enforce 2FS\n")
        terminal.read_until("to go on: ")
        terminal.type("Enforce 2FA\n")
        assert (terminal.end(), len(fresh.marked())) == (0, 3)

    @pytest.mark.slow
    def test_ends_at_ctrl_c(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh)
        terminal.read_until("to go on")
        terminal.type("\x03")
        assert (terminal.end(), fresh.marked()) == (130, set())

    @pytest.mark.slow
    def test_says_at_ctrl_c_that_nothing_was_changed(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh)
        terminal.read_until("to go on")
        terminal.type("\x03")
        terminal.end()
        # An interruption that may have changed something names no realm.
        assert f"'{fresh.name}'" in terminal.shown.partition("Error:")[2]
        assert not fresh.has_mark()

    @pytest.mark.slow
    def test_says_the_same_where_it_is_stopped(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh)
        terminal.read_until("to go on")
        terminal.kill(signal.SIGTERM)
        assert (terminal.end(), fresh.marked()) == (130, set())
        assert f"'{fresh.name}'" in terminal.shown.partition("Error:")[2]
        assert not fresh.has_mark()

    @pytest.mark.slow
    def test_asks_for_the_password(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh, KC2FA_USERNAME=keycloak.username)
        terminal.read_until("Password of")
        terminal.type(f"{keycloak.password}\n")
        terminal.read_until("to go on")
        # The name of the user is shown, and nothing that was typed.
        assert f"Password of {keycloak.username}: \n" in terminal.shown
        assert "2FA is currently set to: OFF" in terminal.shown
        terminal.type("\x03")
        terminal.end()

    def test_takes_ctrl_d_for_no_password(self, keycloak: Keycloak, fresh: Realm) -> None:
        terminal = self.open(keycloak, fresh, KC2FA_USERNAME=keycloak.username)
        terminal.read_until("Password of")
        terminal.type("\x04")
        assert terminal.end() == 2
        assert "--password-file" in terminal.shown
        assert "bug" not in terminal.shown

    @pytest.mark.slow
    def test_is_not_shown_where_it_is_on_already(self, keycloak: Keycloak, fresh: Realm, kc2fa: Kc2fa) -> None:
        kc2fa("enforce", *CONFIRM, realm=fresh)
        terminal = self.open(keycloak, fresh)
        assert terminal.end() == 0
        assert "to go on" not in terminal.shown

    @pytest.mark.slow
    def test_shows_progress_while_it_works(self, keycloak: Keycloak, make_realm: MakeRealm) -> None:
        realm = make_realm(*people(400))
        terminal = Terminal(["enforce", *CONFIRM], environment_for(keycloak, realm))
        assert terminal.end() == 0
        assert re.search(r"\b\d+/400\b", terminal.shown)
        assert "/s" in terminal.shown
