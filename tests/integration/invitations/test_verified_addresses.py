"""The set-up mail in a realm that verifies addresses."""

import pytest
from tests.integration.command import Kc2fa
from tests.integration.invitations.conftest import MakeInvitingRealm
from tests.integration.realms import Realm, person
from tests.integration.windows import APP_CLIENT, PASSWORD, Pages, Windows
from tests.mail import Mailbox
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import SetUpTotp, expect

pytestmark = pytest.mark.loopback


class TestRealmThatVerifiesAddresses:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm) -> Realm:
        """Two users who never finished, one whose address is verified."""
        realm = make(
            person("verified", email="verified@example.org", emailVerified=True),
            person("unverified", email="unverified@example.org"),
            verifyEmail=True,
        )
        realm.post("clients", APP_CLIENT)
        return realm

    def test_one_mail_sets_up_and_verifies(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: Keycloak, mailbox: Mailbox
    ) -> None:
        # Given the set-up mail of a new user
        email = "one-mail@example.org"
        run = kc2fa("invitations", "send", email, "--json", realm=realm)
        assert (run.exit, run.data["actions"]) == (0, ["UPDATE_PASSWORD", "CONFIGURE_TOTP", "VERIFY_EMAIL"]), run
        # When its link is opened, and all that it asks for is done
        pages = Pages(Windows(keycloak, realm).open()).go("GET", mailbox.link(email)).follow("action-token")
        key = expect(pages.page, SetUpTotp).secret
        pages.submit(totp=Authenticator.typed(key).code(), userLabel="My phone")
        pages.submit(**{"password-new": PASSWORD, "password-confirm": PASSWORD})
        pages.submit(firstName="New", lastName="Comer")
        # Then nothing is left to do, the address is verified, and no second mail was sent for that
        user = realm.user(email)
        assert (user["requiredActions"], user["emailVerified"]) == ([], True), pages.html
        assert len(mailbox.letters(email)) == 1

    def test_an_address_is_verified_once(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "resend", "verified@example.org", "--json", realm=realm)
        assert (run.exit, run.data["actions"]) == (0, ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]), run

    def test_a_user_who_never_opened_a_mail_verifies_by_the_next_one(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "resend", "unverified@example.org", "--json", realm=realm)
        assert (run.exit, run.data["actions"]) == (0, ["UPDATE_PASSWORD", "CONFIGURE_TOTP", "VERIFY_EMAIL"]), run

    def test_an_action_that_is_off_is_in_no_mail(self, make: MakeInvitingRealm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        # Given a realm that verifies addresses as far as its settings go, and whose action for it is off
        realm = make(verifyEmail=True)
        path = "authentication/required-actions/VERIFY_EMAIL"
        realm.put(path, realm.get_one(path) | {"enabled": False})
        # Then the mail, which Keycloak would refuse with it, is sent without it
        run = kc2fa("invitations", "send", "off@example.org", "--json", realm=realm)
        assert (run.exit, run.data["actions"]) == (0, ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]), run
        assert len(mailbox.letters("off@example.org")) == 1


@pytest.mark.before("26.8.0")
def test_up_to_26_7_opening_the_link_verifies_the_address(
    make: MakeInvitingRealm, kc2fa: Kc2fa, keycloak: Keycloak, mailbox: Mailbox
) -> None:
    # Given a set-up mail of a realm that does not verify addresses
    realm = make()
    realm.post("clients", APP_CLIENT)
    run = kc2fa("invitations", "send", "opened@example.org", "--json", realm=realm)
    assert run.data["actions"] == ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]
    assert not realm.user("opened@example.org")["emailVerified"]
    # When its link is opened, and nothing else is done
    Pages(Windows(keycloak, realm).open()).go("GET", mailbox.link("opened@example.org")).follow("action-token")
    # Then Keycloak calls the address verified
    assert realm.user("opened@example.org")["emailVerified"]
