"""`kc2fa invitations`: who is invited and not in yet, inviting, and once more."""

import io
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, person, service_account
from tests.integration.windows import APP_CLIENT, PASSWORD, Pages, Windows
from tests.mail import Mailbox
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.invitations import inviting
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import SetUpTotp, expect
from keycloak_2fa.realm.versions import INVITATIONS_SINCE
from keycloak_2fa.settings import AdminUser, ConnectionSettings
from keycloak_2fa_cli.commands.invitations import list as view

pytestmark = pytest.mark.loopback

Connect = Callable[[Realm], AdminApi]
MakeInvitingRealm = Callable[..., Realm]


@pytest.fixture(scope="module")
def make(make_realm: MakeRealm, mailbox: Mailbox) -> MakeInvitingRealm:
    """Makes a realm that can send mail and has the organizations named."""

    def make(*people: dict[str, Any], organizations: tuple[str, ...] = ("acme",), **settings: Any) -> Realm:
        realm = make_realm(*people, organizationsEnabled=True, **{"smtpServer": mailbox.settings} | settings)
        for alias in organizations:
            domain = {"name": f"{alias}.example.org"}
            realm.post("organizations", {"name": f"{alias.title()} Inc", "alias": alias, "domains": [domain]})
        return realm

    return make


@pytest.fixture(scope="module")
def connect(keycloak: Keycloak) -> Connect:
    """The library's connection to a realm, for the admin of the master realm."""

    def connect(realm: Realm) -> AdminApi:
        admin = AdminUser(keycloak.username, keycloak.password)
        return AdminApi(ConnectionSettings(keycloak.url, realm.name, "master", admin))

    return connect


def join(realm: Realm, username: str) -> None:
    """Make a user a member of the realm's one organization."""
    [organization] = realm.get("organizations")
    realm.post(f"organizations/{organization['id']}/members", realm.user(username)["id"])


class TestList:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm, connect: Connect) -> Realm:
        """Two organizations, one invitation expired, one pending to each, and users of every kind."""
        realm = make(
            person("never-came", email="never-came@example.org"),
            person("only-otp", email="only-otp@example.org", credentials=[otp_credential()]),
            person("has-password", email="has-password@example.org", credentials=password("a password")),
            person("no-email"),
            person("disabled", email="disabled@example.org") | {"enabled": False},
            person(
                "by-provider",
                email="by-provider@example.org",
                federatedIdentities=[{"identityProvider": "idp", "userId": "1", "userName": "one"}],
            ),
            organizations=("acme", "globex"),
            identityProviders=[{"alias": "idp", "providerId": "oidc", "config": {"clientId": "kc"}}],
            actionTokenGeneratedByAdminLifespan=1,
        )
        inviting.send(connect(realm), "late@example.org", "acme")
        time.sleep(2)
        realm.put("", {"actionTokenGeneratedByAdminLifespan": 3600})
        inviting.send(connect(realm), "new@example.org", "acme")
        inviting.send(connect(realm), "new@example.org", "globex")
        return realm

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa) -> Run:
        return kc2fa("invitations", "list", "--json", realm=realm)

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_every_organization_and_both_states_are_listed(self, run: Run) -> None:
        listed = {(each["organization"], each["email"], each["status"]) for each in run.data["invitations"]}
        assert listed == {
            ("acme", "late@example.org", "EXPIRED"),
            ("acme", "new@example.org", "PENDING"),
            ("globex", "new@example.org", "PENDING"),
        }

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_they_are_counted(self, run: Run) -> None:
        assert (run.exit, run.data["pending"], run.data["expired"]) == (0, 2, 1)

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_an_invitation_lives_as_long_as_the_realm_says(self, run: Run) -> None:
        pending = [each for each in run.data["invitations"] if each["status"] == "PENDING"]
        sent, expires = (time.strptime(pending[0][name], "%Y-%m-%dT%H:%M:%SZ") for name in ("sent_at", "expires_at"))
        assert time.mktime(expires) - time.mktime(sent) == 3600

    def test_users_with_nothing_to_log_in_with_are_listed(self, run: Run) -> None:
        assert {each["username"] for each in run.data["unfinished"]} == {"never-came", "only-otp"}

    def test_no_link_is_shown(self, run: Run) -> None:
        assert "token" not in run.stdout

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_it_says_that_new_users_are_not_covered_yet(self, run: Run) -> None:
        assert any("CONFIGURE_TOTP is not yet a default action" in each for each in run.document["warnings"])

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_the_text_names_everybody_too(self, realm: Realm, kc2fa: Kc2fa) -> None:
        said = kc2fa("invitations", "list", realm=realm).stdout
        assert all(each in said for each in ("late@example.org", "EXPIRED", "globex", "never-came"))

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_status_counts_the_pending_ones(self, realm: Realm, kc2fa: Kc2fa) -> None:
        assert kc2fa("status", "--json", realm=realm).data["invitations"] == {"pending": 2}

    def test_a_caller_without_the_role_is_told_its_name(self, make: MakeInvitingRealm, kc2fa: Kc2fa) -> None:
        realm = make(clients=(service_account("auditor", "view-realm", "view-users"),))
        run = kc2fa(
            "invitations",
            "list",
            "--json",
            realm=realm,
            KC2FA_CLIENT_ID="auditor",
            KC2FA_CLIENT_SECRET="auditor-secret",
        )
        assert (run.exit, run.error["code"]) == (3, "role-missing")
        assert "manage-organizations" in run.error["message"]

    @pytest.mark.parametrize(
        ("roles", "missing"),
        [
            ([], "view-realm, view-users and manage-organizations are missing"),
            (["view-users"], "view-realm and manage-organizations are missing"),
            (["view-realm"], "view-users and manage-organizations are missing"),
            (["view-realm", "query-users"], "view-users and manage-organizations are missing"),
            (["manage-realm"], "view-users is missing"),
        ],
    )
    def test_every_role_that_is_missing_is_named(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, roles: list[str], missing: str
    ) -> None:
        helper = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
        realm = make(clients=(service_account("helper", *roles),))
        run = kc2fa("invitations", "list", "--json", realm=realm, **helper)
        assert (run.exit, run.error["code"]) == (3, "role-missing")
        assert missing in run.error["message"]

    @pytest.mark.parametrize(
        ("arguments", "missing"),
        [
            (("send", "new@example.org"), "manage-users is missing"),
            (("send", "new@example.org", "--organization", "acme"), "manage-organizations is missing"),
            (("resend", "new@example.org"), "manage-organizations is missing"),
        ],
    )
    def test_to_invite_takes_roles_that_are_named(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...], missing: str
    ) -> None:
        helper = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
        realm = make(clients=(service_account("helper", "view-realm", "view-users"),))
        run = kc2fa("invitations", *arguments, "--json", realm=realm, **helper)
        assert (run.exit, run.error["code"]) == (3, "role-missing")
        assert missing in run.error["message"]

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_pending_ones_come_first_and_then_by_organization_and_address(self, run: Run) -> None:
        listed = [(each["status"], each["organization"]) for each in run.data["invitations"]]
        assert listed == [("PENDING", "acme"), ("PENDING", "globex"), ("EXPIRED", "acme")]

    def test_a_realm_without_organizations_has_no_invitations(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "list", "--json", realm=make_realm())
        assert (run.exit, run.data["invitations"], run.document["warnings"]) == (0, [], [])


@pytest.mark.since(INVITATIONS_SINCE)
def test_every_page_is_read(make: MakeInvitingRealm, connect: Connect) -> None:
    # Given more organizations than a page holds, and more invitations to one of them
    realm = make(organizations=tuple(f"o{number:03d}" for number in range(101)))
    api = connect(realm)
    everybody = {f"p{number:03d}@example.org" for number in range(101)}
    for email in everybody:
        inviting.send(api, email, "o100")
    # When they are listed
    listed = inviting.everybody(api).invitations
    # Then nobody is missing
    assert {each.email for each in listed or ()} == everybody


def test_how_many_users_were_not_looked_at_is_said(make: MakeInvitingRealm, connect: Connect) -> None:
    # Given two users whose address was verified and one who never opened a mail
    verified = [person(f"verified-{n}", email=f"v{n}@example.org", emailVerified=True) for n in range(2)]
    realm = make(*verified, person("unopened", email="unopened@example.org"))
    # When one user's credentials may be read
    found = inviting.everybody(connect(realm), at_most=1)
    # Then it is the likeliest one's, and the others are not passed over in silence
    assert [each.username for each in found.unfinished.users] == ["unopened"]
    assert any("2 more users" in each for each in found.warnings)


def test_a_number_that_is_not_whole_is_called_at_least(make: MakeInvitingRealm, connect: Connect) -> None:
    # Given three users, of whom one may be looked at
    realm = make(*[person(f"person-{n}", email=f"p{n}@example.org") for n in range(3)])
    found = inviting.everybody(connect(realm), at_most=1)
    # When the list is shown
    view.text(Console(file=(shown := io.StringIO()), width=80), found)
    # Then the number is the least that there are
    assert re.search(r"Users with a set-up to finish +at least 1 *\n", shown.getvalue())


def test_all_looks_at_everybody(make: MakeInvitingRealm, connect: Connect) -> None:
    realm = make(*[person(f"person-{n}", email=f"p{n}@example.org") for n in range(3)])
    assert len(inviting.everybody(connect(realm), at_most=None).unfinished.users) == 3


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
        assert "acme is disabled" in run.error["message"]

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
        assert "Organizations are off" in run.error["message"]

    @pytest.mark.parametrize("address", ["jane", "@example.org", "jane@", "jane doe@example.org", "a@b@"])
    def test_what_is_no_address_is_refused(self, realm: Realm, kc2fa: Kc2fa, address: str) -> None:
        run = kc2fa("invitations", "send", "--organization", "acme", "--json", "--", address, realm=realm)
        assert (run.exit, run.error["code"]) == (2, "bad-address")

    def test_it_warns_while_new_users_are_not_covered(self, make: MakeInvitingRealm, kc2fa: Kc2fa) -> None:
        realm = make()
        send = ("invitations", "send", "--organization", "acme", "--json")
        before = kc2fa(*send, "before@example.org", realm=realm).document["warnings"]
        kc2fa("enforce", *CONFIRM, realm=realm)
        after = kc2fa(*send, "after@example.org", realm=realm).document["warnings"]
        assert (len(before), after) == (1, [])


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


SEND = {
    "an invitation": ("send", "new@example.org", "--organization", "acme"),
    "a set-up mail": ("send", "new@example.org"),
    "a set-up mail again": ("resend", "never-came@example.org"),
}


@pytest.mark.before(INVITATIONS_SINCE)
class TestServerThatKeepsNoList:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: MakeInvitingRealm, connect: Connect) -> Realm:
        """Somebody is invited to an organization, and a user never finished a set-up mail."""
        realm = make(person("never-came", email="never-came@example.org"))
        inviting.send(connect(realm), "stranger@example.org", "acme")
        return realm

    def test_the_list_says_so_and_goes_on_with_the_users(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "list", "--json", realm=realm)
        assert (run.exit, run.data["invitations"], run.data["pending"]) == (0, None, None)
        assert any("older than 26.5" in each for each in run.document["warnings"])
        assert [each["username"] for each in run.data["unfinished"]] == ["never-came"]

    def test_the_text_says_so_too(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "list", realm=realm)
        assert "not listed" in run.stdout
        assert "older than 26.5" in run.stderr

    def test_resending_one_says_why_it_cannot(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "resend", "stranger@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-invitation")
        assert "older than 26.5" in run.error["message"]

    def test_status_does_not_call_the_number_zero(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", realm=realm)
        assert run.data["invitations"] == {"pending": None}
        assert any("Pending invitations could not be counted" in each for each in run.document["warnings"])


class TestMailServer:
    @pytest.mark.parametrize("arguments", SEND.values(), ids=SEND)
    def test_a_realm_without_one_is_refused(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...]
    ) -> None:
        realm = make(person("never-came", email="never-came@example.org"), smtpServer={})
        run = kc2fa("invitations", *arguments, "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "no-mail-server")
        assert "new@example.org" not in realm.users()

    @pytest.mark.parametrize("arguments", SEND.values(), ids=SEND)
    def test_one_that_does_not_answer_is_a_clear_error(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...]
    ) -> None:
        # Nothing listens on the port "discard".
        nobody = {"host": "127.0.0.1", "port": "9", "from": "keycloak@example.org"}
        realm = make(person("never-came", email="never-came@example.org"), smtpServer=nobody)
        run = kc2fa("invitations", *arguments, "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (4, "mail-failed")
        assert arguments[1] in run.error["message"]
