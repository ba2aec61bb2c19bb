"""`kc2fa invitations send`: an invitation to an organization, or a set-up mail."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.invitations.conftest import MakeInvitingRealm, join
from tests.integration.realms import MakeRealm, Realm, person
from tests.mail import Mailbox

from keycloak_2fa.realm.versions import INVITATIONS_SINCE
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.loopback


class TestSendToAnOrganization:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm) -> Realm:
        return make(person("member", email="member@example.org"), person("user", email="user@example.org"))

    def test_a_stranger_is_mailed(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        run = kc2fa("invitations", "send", "stranger@example.org", "--organization", "acme", "--json", realm=realm)
        assert (run.exit, run.data["sent"], run.data["organization"]) == (0, "invitation", "acme"), run
        assert len(mailbox.letters("stranger@example.org")) == 1

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_the_invitation_is_in_the_answer(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "send", "answered@example.org", "--organization", "acme", "--json", realm=realm)
        assert run.data["invitation"]["status"] == "PENDING"

    def test_the_organization_can_be_named(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "send", "named@example.org", "--organization", "Acme Inc", "--json", realm=realm)
        assert (run.exit, run.data["organization"]) == (0, "acme")

    def test_a_user_is_invited_as_that_user(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        run = kc2fa("invitations", "send", "user@example.org", "--organization", "acme", "--json", realm=realm)
        assert run.exit == 0
        # A user's link accepts; a stranger's leads to the registration.
        assert "/login-actions/action-token" in mailbox.link("user@example.org")

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_who_is_invited_already_is_not_mailed_again(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        send = ("invitations", "send", "twice@example.org", "--organization", "acme", "--json")
        first = kc2fa(*send, realm=realm)
        again = kc2fa(*send, realm=realm)
        assert (again.exit, again.error["code"]) == (6, "already-there")
        assert first.data["invitation"]["id"] in again.error["hint"]
        assert len(mailbox.letters("twice@example.org")) == 1

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_the_case_of_an_address_makes_no_other_invitation(self, realm: Realm, kc2fa: Kc2fa) -> None:
        # Given somebody who was invited with capitals in the address
        send = ("invitations", "send", "--organization", "acme", "--json")
        first = kc2fa(*send, "Capital@Example.org", realm=realm)
        assert first.data["invitation"]["status"] == "PENDING"
        # When they are invited without
        again = kc2fa(*send, "capital@example.org", realm=realm)
        # Then they are invited already
        assert (again.exit, again.error["code"]) == (6, "already-there")
        assert first.data["invitation"]["id"] in again.error["hint"]

    def test_a_member_is_not_mailed(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        join(realm, "member")
        run = kc2fa("invitations", "send", "member@example.org", "--organization", "acme", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "already-there")
        assert mailbox.letters("member@example.org") == []

    def test_an_organization_that_is_disabled_is_said_to_be(self, make: MakeInvitingRealm, kc2fa: Kc2fa) -> None:
        realm = make()
        [organization] = realm.get("organizations", briefRepresentation="false")
        realm.put(f"organizations/{organization['id']}", organization | {"enabled": False})
        run = kc2fa("invitations", "send", "new@example.org", "--organization", "acme", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "refused")
        assert "acme" in run.error["message"]

    def test_an_unknown_organization_is_named(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "send", "a@example.org", "--organization", "nowhere", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-organization")
        assert "nowhere" in run.error["message"]

    def test_organizations_that_are_off_are_said_to_be(
        self, make_realm: MakeRealm, kc2fa: Kc2fa, mailbox: Mailbox
    ) -> None:
        realm = make_realm(smtpServer=mailbox.settings)
        run = kc2fa("invitations", "send", "a@example.org", "--organization", "acme", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-organization")
        # The realm is named, and no organization that it might lack.
        assert (f"'{realm.name}'" in run.error["message"], "acme" in run.error["message"]) == (True, False)

    @pytest.mark.parametrize("address", ["jane", "@example.org", "jane@", "jane doe@example.org", "a@b@"])
    def test_what_is_no_address_is_refused(self, realm: Realm, kc2fa: Kc2fa, address: str) -> None:
        run = kc2fa("invitations", "send", "--organization", "acme", "--json", "--", address, realm=realm)
        assert (run.exit, run.error["code"]) == (2, "bad-address")

    @pytest.mark.slow
    def test_it_warns_while_new_users_are_not_covered(self, make: MakeInvitingRealm, kc2fa: Kc2fa) -> None:
        realm = make()
        send = ("invitations", "send", "--organization", "acme", "--json")
        before = kc2fa(*send, "before@example.org", realm=realm).warned
        kc2fa("enforce", *CONFIRM, realm=realm)
        after = kc2fa(*send, "after@example.org", realm=realm).warned
        assert (set(before), after) == ({WarningCode.NEW_USERS_NOT_COVERED}, {})


class TestSendASetUpMail:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm) -> Realm:
        return make(person("there", email="there@example.org"))

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa) -> Run:
        return kc2fa("invitations", "send", "newcomer@example.org", "--json", realm=realm)

    def test_it_leads_to_a_password_and_2fa(self, run: Run) -> None:
        assert (run.exit, run.data["sent"]) == (0, "set-up-mail"), run
        assert set(run.data["actions"]) == {"UPDATE_PASSWORD", "CONFIGURE_TOTP"}

    def test_a_user_is_created_and_asked_whichever_way_they_come(self, realm: Realm, run: Run) -> None:
        user = realm.user("newcomer@example.org")
        assert (user["id"], user["email"]) == (run.data["user_id"], "newcomer@example.org")
        assert user["requiredActions"] == ["CONFIGURE_TOTP"]

    @pytest.mark.usefixtures("run")
    def test_one_mail_is_sent(self, mailbox: Mailbox) -> None:
        assert len(mailbox.letters("newcomer@example.org")) == 1

    def test_who_is_a_user_already_is_left_alone(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        run = kc2fa("invitations", "send", "there@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "already-there")
        assert mailbox.letters("there@example.org") == []

    def test_a_user_whom_keycloak_refuses_is_explained(self, make: MakeInvitingRealm, kc2fa: Kc2fa) -> None:
        from tests.integration.realms import PHONE_REQUIRED, user_profile

        realm = make(components=user_profile(PHONE_REQUIRED))
        run = kc2fa("invitations", "send", "a@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "user-refused")
        assert "phone" in run.error["message"]
