"""A lost device: the OTP goes, the set-up comes back, the sessions end."""

import time

import pytest
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakPostError
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import (
    PHONE_REQUIRED,
    MakeRealm,
    Realm,
    otp_credential,
    password,
    person,
    service_account,
    user_profile,
)
from tests.integration.windows import Windows
from tests.ldap import PASSWORD, Ldap
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp, expect

core = pytest.mark.core


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """Jane with a password and two devices, and others whose names are like hers."""
    return make_realm(
        person(
            "jane",
            email="jane@example.org",
            requiredActions=["UPDATE_PASSWORD"],
            credentials=[*password("old horse"), otp_credential("phone"), otp_credential("tablet")],
        ),
        person("jane-2", credentials=[otp_credential()]),
    )


def credential_types(realm: Realm, username: str) -> list[str]:
    return [each["type"] for each in realm.get(f"users/{realm.user(username)['id']}/credentials")]


@pytest.mark.slow
@core
def test_every_otp_is_removed_and_the_password_stays(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("reset", "jane", "--json", realm=realm)
    assert run.exit == 0
    assert credential_types(realm, "jane") == ["password"]
    assert [each["label"] for each in run.data["removed"]] == ["phone", "tablet"]


@core
def test_the_set_up_is_due_again_beside_what_else_is_due(realm: Realm, kc2fa: Kc2fa) -> None:
    kc2fa("reset", "jane", "--json", realm=realm)
    assert sorted(realm.user("jane")["requiredActions"]) == ["CONFIGURE_TOTP", "UPDATE_PASSWORD"]


@core
def test_it_says_what_is_left(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("reset", "jane@example.org", "--json", realm=realm)
    assert [each["type"] for each in run.data["still_has"]] == ["password"]


@core
def test_nobody_else_is_touched(realm: Realm, kc2fa: Kc2fa) -> None:
    kc2fa("reset", "jane", "--json", realm=realm)
    assert (credential_types(realm, "jane-2"), realm.user("jane-2")["requiredActions"]) == (["otp"], [])


@core
def test_a_second_time_changes_nothing(realm: Realm, kc2fa: Kc2fa) -> None:
    kc2fa("reset", "jane", "--json", realm=realm)
    run = kc2fa("reset", "jane", "--json", realm=realm)
    assert (run.exit, run.data["removed"]) == (0, [])


@pytest.fixture
def app(make_realm: MakeRealm) -> Realm:
    """A realm with an app in which jane logs in by password."""
    realm = make_realm(
        person(
            "jane",
            email="j@example.org",
            firstName="Jane",
            lastName="Doe",
            credentials=password("horse"),
            realmRoles=["offline_access"],
        )
    )
    realm.post("clients", windows.APP_CLIENT)
    return realm


@pytest.mark.slow
@core
def test_sessions_end_the_offline_ones_too(app: Realm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    # Given an app that holds an offline token
    client = KeycloakOpenID(keycloak.url + "/", app.name, "app")
    token = client.token("jane", "horse", scope="openid offline_access")["refresh_token"]
    # Keycloak compares whole seconds: a token of the very second of the logout would go on.
    time.sleep(1.1)
    # When
    assert kc2fa("reset", "jane", "--json", realm=app).exit == 0
    # Then
    with pytest.raises(KeycloakPostError, match="invalid_grant"):
        client.refresh_token(token)


@core
def test_the_next_login_leads_to_the_set_up(app: Realm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    kc2fa("reset", "jane", "--json", realm=app)
    _, page = Windows(keycloak, app).log_in("jane", "horse")
    assert isinstance(page, SetUpTotp)


@core
def test_who_cannot_be_asked_keeps_the_otp(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a user whose stored profile Keycloak refuses, and a caller without realm-admin
    realm = make_realm(person("jane", credentials=[otp_credential()]), components=user_profile(PHONE_REQUIRED))
    run = kc2fa("reset", "jane", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (5, "users-not-written")
    assert credential_types(realm, "jane") == ["otp"]


@core
@pytest.mark.parametrize("name", ["count", "profile"])
def test_a_name_that_is_an_endpoint_of_keycloak_too(make_realm: MakeRealm, kc2fa: Kc2fa, name: str) -> None:
    realm = make_realm(person(name, credentials=[otp_credential()]))
    run = kc2fa("reset", name, "--json", realm=realm)
    assert (run.exit, realm.marked(), credential_types(realm, name)) == (0, {name}, [])


@pytest.mark.slow
@core
@pytest.mark.parametrize("name", ["nobody", "service-account-enforcer", "", "count", "profile", ".", ".."])
def test_a_name_that_is_nobodys(realm: Realm, kc2fa: Kc2fa, name: str) -> None:
    run = kc2fa("reset", name, "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (2, "unknown-user")


@pytest.mark.slow
@core
def test_an_email_of_two(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    twice = {"duplicateEmailsAllowed": True, "loginWithEmailAllowed": False}
    realm = make_realm(person("one", email="x@example.org"), person("two", email="x@example.org"), **twice)
    run = kc2fa("reset", "x@example.org", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (2, "ambiguous-user")
    assert realm.marked() == set()


@core
@pytest.mark.parametrize("role", ["view-users", "query-users", "view-realm"])
def test_the_missing_role_is_named(make_realm: MakeRealm, kc2fa: Kc2fa, role: str) -> None:
    # Given a caller who may look at users at most
    helper = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
    realm = make_realm(person("jane", credentials=[otp_credential()]), clients=(service_account("helper", role),))
    run = kc2fa("reset", "jane", "--json", realm=realm, **helper)
    assert (run.exit, run.error["code"], credential_types(realm, "jane")) == (3, "role-missing", ["otp"])
    assert run.roles_named == {"manage-users"}


@core
def test_manage_users_is_enough(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    helper = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
    account = service_account("helper", "manage-users")
    realm = make_realm(person("jane", credentials=[otp_credential()]), clients=(account,))
    run = kc2fa("reset", "jane", "--json", realm=realm, **helper)
    assert (run.exit, credential_types(realm, "jane")) == (0, [])


@pytest.mark.slow
@pytest.mark.loopback
def test_a_user_of_ldap_whose_password_keycloak_does_not_keep(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak
) -> None:
    # Given lena of an LDAP directory, who has set up a phone
    with Ldap("lena") as directory:
        realm = make_realm()
        realm.post("clients", windows.APP_CLIENT)
        realm.post("components", directory.storage(imports=True))
        kc2fa("enforce", *CONFIRM, realm=realm)
        window, page = Windows(keycloak, realm).log_in("lena", PASSWORD)
        phone = Authenticator.typed(expect(page, SetUpTotp).secret)
        expect(window.set_up_totp(page, phone.fresh_code(), "phone"), Done)
        # When it is reset
        run = kc2fa("reset", "lena", "--json", realm=realm)
        # Then the phone is gone, and the password is named among what is left
        assert run.exit == 0, run
        assert [each["label"] for each in run.data["removed"]] == ["phone"]
        assert run.data["still_has"] == [{"id": None, "type": "password", "label": None}]
        assert "otp" not in credential_types(realm, "lena")
