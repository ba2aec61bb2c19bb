"""`kc2fa invitations list`: who is invited and not in yet."""

import io
import re
import time

import pytest
from rich.console import Console
from tests.integration.command import Kc2fa, Run, environment_for
from tests.integration.invitations.conftest import Connect, MakeInvitingRealm
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, person, service_account
from tests.integration.terminal import Terminal, words
from tests.server import Keycloak

from keycloak_2fa.invitations import inviting
from keycloak_2fa.realm.versions import INVITATIONS_SINCE
from keycloak_2fa.warning_codes import WarningCode
from keycloak_2fa_cli.commands.invitations import list as view

pytestmark = pytest.mark.loopback


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
        assert WarningCode.NEW_USERS_NOT_COVERED in run.warned

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_the_text_names_everybody_too(self, realm: Realm, kc2fa: Kc2fa) -> None:
        said = kc2fa("invitations", "list", realm=realm).stdout
        assert all(each in said for each in ("late@example.org", "EXPIRED", "globex", "never-came"))

    @pytest.mark.parametrize("columns", [80, 60])
    def test_on_a_narrow_terminal_no_word_is_cut(
        self, realm: Realm, keycloak: Keycloak, kc2fa: Kc2fa, columns: int
    ) -> None:
        piped = kc2fa("invitations", "list", realm=realm).stdout
        terminal = Terminal(["invitations", "list"], environment_for(keycloak, realm), columns=columns)
        terminal.end()
        assert words(piped) - words(terminal.shown) == set()

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
        assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"manage-organizations"})

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
            (("send", "new@example.org"), "manage-users"),
            (("send", "new@example.org", "--organization", "acme"), "manage-organizations"),
            (("resend", "new@example.org"), "manage-organizations"),
        ],
    )
    def test_to_invite_takes_roles_that_are_named(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...], missing: str
    ) -> None:
        helper = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
        realm = make(clients=(service_account("helper", "view-realm", "view-users"),))
        run = kc2fa("invitations", *arguments, "--json", realm=realm, **helper)
        assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {missing})

    @pytest.mark.since(INVITATIONS_SINCE)
    def test_pending_ones_come_first_and_then_by_organization_and_address(self, run: Run) -> None:
        listed = [(each["status"], each["organization"]) for each in run.data["invitations"]]
        assert listed == [("PENDING", "acme"), ("PENDING", "globex"), ("EXPIRED", "acme")]

    def test_a_realm_without_organizations_has_no_invitations(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "list", "--json", realm=make_realm())
        assert (run.exit, run.data["invitations"], run.document["warnings"]) == (0, [], [])


@pytest.mark.slow
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
    [warning] = [each for each in found.warnings if each.code == WarningCode.USERS_NOT_LOOKED_AT]
    assert warning.startswith("2 ")


def test_a_number_that_is_not_whole_is_called_at_least(make: MakeInvitingRealm, connect: Connect) -> None:
    # Given three users, of whom one may be looked at
    realm = make(*[person(f"person-{n}", email=f"p{n}@example.org") for n in range(3)])
    found = inviting.everybody(connect(realm), at_most=1)
    # When the list is shown
    view.text(Console(file=(shown := io.StringIO()), width=80), found)
    # Then the number is the least that there are
    assert re.search(r" at least 1 *\n", shown.getvalue())


def test_all_looks_at_everybody(make: MakeInvitingRealm, connect: Connect) -> None:
    realm = make(*[person(f"person-{n}", email=f"p{n}@example.org") for n in range(3)])
    assert len(inviting.everybody(connect(realm), at_most=None).unfinished.users) == 3


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
        assert INVITATIONS_SINCE in run.warned[WarningCode.INVITATIONS_NOT_LISTED]
        assert [each["username"] for each in run.data["unfinished"]] == ["never-came"]

    def test_the_text_says_so_too(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "list", realm=realm)
        assert "not listed" in run.stdout
        assert INVITATIONS_SINCE in run.stderr

    def test_resending_one_says_why_it_cannot(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("invitations", "resend", "stranger@example.org", "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-invitation")
        assert INVITATIONS_SINCE in run.error["message"]

    def test_status_does_not_call_the_number_zero(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", realm=realm)
        assert run.data["invitations"] == {"pending": None}
        assert WarningCode.INVITATIONS_NOT_COUNTED in run.warned
