"""`kc2fa invitations resend`: once more."""

import time

import pytest
from tests.integration.command import Kc2fa
from tests.integration.invitations.conftest import Connect, MakeInvitingRealm
from tests.integration.realms import Realm, otp_credential, password, person
from tests.mail import Mailbox

from keycloak_2fa.invitations import inviting
from keycloak_2fa.realm.versions import INVITATIONS_SINCE

pytestmark = pytest.mark.loopback


class TestResend:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm) -> Realm:
        return make(
            person("never-came", email="never-came@example.org"),
            person("has-otp", email="has-otp@example.org", credentials=[otp_credential()]),
            person("finished", email="finished@example.org", credentials=password("a password")),
            person("no-email"),
            person("disabled", email="disabled@example.org") | {"enabled": False},
            organizations=("acme", "globex"),
        )

    @pytest.mark.slow
    @pytest.mark.since(INVITATIONS_SINCE)
    @pytest.mark.parametrize("by", ["id", "email"])
    def test_an_invitation_gets_a_new_id(
        self, realm: Realm, kc2fa: Kc2fa, connect: Connect, mailbox: Mailbox, by: str
    ) -> None:
        # Given an invitation
        email = f"by-{by}@example.org"
        old = inviting.send(connect(realm), email, "acme").invitation
        assert old
        # When it is sent again
        run = kc2fa("invitations", "resend", {"id": old.id, "email": email.upper()}[by], "--json", realm=realm)
        # Then there is one, a new one, and a second mail
        listed = [each.id for each in inviting.everybody(connect(realm)).invitations or () if each.email == email]
        assert (run.exit, [run.data["invitation"]["id"]]) == (0, listed), run
        assert listed != [old.id]
        assert len(mailbox.letters(email)) == 2

    @pytest.mark.slow
    @pytest.mark.since(INVITATIONS_SINCE)
    def test_an_expired_one_is_pending_again(self, make: MakeInvitingRealm, kc2fa: Kc2fa, connect: Connect) -> None:
        realm = make(actionTokenGeneratedByAdminLifespan=1)
        inviting.send(connect(realm), "late@example.org", "acme")
        time.sleep(2)
        realm.put("", {"actionTokenGeneratedByAdminLifespan": 3600})
        run = kc2fa("invitations", "resend", "late@example.org", "--json", realm=realm)
        assert run.data["invitation"]["status"] == "PENDING"

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_an_address_with_several_must_be_told_apart(self, realm: Realm, kc2fa: Kc2fa, connect: Connect) -> None:
        sent = [inviting.send(connect(realm), "both@example.org", each) for each in ("acme", "globex")]
        run = kc2fa("invitations", "resend", "both@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "ambiguous-invitation")
        assert all(each.invitation and each.invitation.id in run.error["hint"] for each in sent)

    def test_a_user_who_never_finished_is_mailed(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        run = kc2fa("invitations", "resend", realm.user("never-came")["id"], "--json", realm=realm)
        assert (run.exit, run.data["sent"]) == (0, "set-up-mail"), run
        assert set(run.data["actions"]) == {"UPDATE_PASSWORD", "CONFIGURE_TOTP"}
        assert len(mailbox.letters("never-came@example.org")) == 1

    def test_a_user_with_otp_is_not_asked_for_a_second_device(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "resend", "has-otp@example.org", "--json", realm=realm)
        assert run.data["actions"] == ["UPDATE_PASSWORD"]

    def test_a_user_who_can_log_in_is_not_mailed(self, realm: Realm, kc2fa: Kc2fa, mailbox: Mailbox) -> None:
        run = kc2fa("invitations", "resend", "finished@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "already-there")
        assert mailbox.letters("finished@example.org") == []

    @pytest.mark.parametrize(("username", "reason"), [("no-email", "no email"), ("disabled", "disabled")])
    def test_a_user_who_cannot_be_mailed_is_explained(
        self, realm: Realm, kc2fa: Kc2fa, username: str, reason: str
    ) -> None:
        run = kc2fa("invitations", "resend", realm.user(username)["id"], "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "user-refused")
        assert reason in run.error["message"]

    @pytest.mark.parametrize("who", ["nobody@example.org", "no-such-id", "../users", "count", "profile", "."])
    def test_who_is_not_invited_is_unknown(self, realm: Realm, kc2fa: Kc2fa, who: str) -> None:
        run = kc2fa("invitations", "resend", who, "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-invitation")
