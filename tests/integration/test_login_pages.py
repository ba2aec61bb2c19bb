"""The end user's way, page by page, as a real Keycloak shows it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import zxingcpp
from keycloak import KeycloakAdmin
from PIL import Image
from tests.server import Keycloak

from keycloak_2fa import errors
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, LoginForm, Other, OtpForm, Page, SetUpTotp, UnexpectedPageError, expect
from keycloak_2fa.login.session import LoginSession

pytestmark = pytest.mark.core

REALM = "lp-login-pages"
APP = "http://127.0.0.1:9/callback"
"""Nothing listens on the port "discard": the redirect is never followed."""


@dataclass(frozen=True)
class Person:
    username: str
    password: str = "correct horse"


@pytest.fixture(scope="module")
def realm_admin(keycloak: Keycloak) -> Iterator[KeycloakAdmin]:
    """The admin of a realm with one app, made for this module."""
    admin = KeycloakAdmin(
        server_url=keycloak.url,
        username=keycloak.username,
        password=keycloak.password,
        user_realm_name="master",
    )
    admin.create_realm(
        {
            "realm": REALM,
            "enabled": True,
            "displayName": "Acme & Co",
            "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [APP]}],
        }
    )
    admin.change_current_realm(REALM)
    yield admin
    admin.delete_realm(REALM)


@pytest.fixture
def change_realm(realm_admin: KeycloakAdmin) -> Iterator["ChangeRealm"]:
    """Changes settings of the realm until the test ends."""
    yield lambda settings: realm_admin.update_realm(REALM, settings)
    realm_admin.update_realm(
        REALM, {"loginTheme": "", "internationalizationEnabled": False, "organizationsEnabled": False}
    )


ChangeRealm = Callable[[dict[str, Any]], object]
NewPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def new_person(realm_admin: KeycloakAdmin) -> NewPerson:
    numbers = count(1)

    def create(*required_actions: str) -> Person:
        person = Person(f"person-{next(numbers)}")
        realm_admin.create_user(
            {
                "username": person.username,
                "email": f"{person.username}@example.org",
                "firstName": "Some",
                "lastName": "Person",
                "enabled": True,
                "requiredActions": required_actions,
                "credentials": [{"type": "password", "value": person.password}],
            }
        )
        return person

    return create


NewSession = Callable[..., LoginSession]


@pytest.fixture
def new_session(keycloak: Keycloak, realm_admin: KeycloakAdmin) -> Iterator[NewSession]:
    """Opens browser windows that know nothing of one another."""
    opened: list[LoginSession] = []

    def create(client_id: str = "app") -> LoginSession:
        opened.append(LoginSession(keycloak.url, REALM, client_id=client_id, redirect_uri=APP))
        return opened[-1]

    yield create
    for session in opened:
        session.close()


@pytest.fixture
def session(new_session: NewSession) -> LoginSession:
    return new_session()


@pytest.fixture
def set_up_page(session: LoginSession, new_person: NewPerson) -> SetUpTotp:
    """Where `session` is after the password of a person who must set up TOTP."""
    person = new_person("CONFIGURE_TOTP")
    return expect(session.submit_password(session.open(), person.username, person.password), SetUpTotp)


@dataclass(frozen=True)
class Enrolled:
    person: Person
    phone: Authenticator
    set_up_code: str


@pytest.fixture
def enrolled(new_session: NewSession, new_person: NewPerson) -> Enrolled:
    """A person who has set up TOTP, in a window that is none of the test's."""
    person, session = new_person("CONFIGURE_TOTP"), new_session()
    page = session.submit_password(session.open(), person.username, person.password)
    phone = Authenticator.typed(expect(page, SetUpTotp).secret)
    code = phone.code()
    expect(session.set_up_totp(page, code, "Phone"), Done)
    return Enrolled(person, phone, code)


@pytest.fixture
def otp_form(session: LoginSession, enrolled: Enrolled) -> OtpForm:
    """Where `session` is after the password of a person who has set up TOTP."""
    page = session.submit_password(session.open(), enrolled.person.username, enrolled.person.password)
    return expect(page, OtpForm)


class TestPassword:
    def test_a_wrong_one_is_refused_in_the_page_s_words(self, session: LoginSession, new_person: NewPerson) -> None:
        page = session.submit_password(session.open(), new_person().username, "wrong")
        assert expect(page, LoginForm).error == "Invalid username or password."

    def test_a_right_one_is_enough_where_no_2fa_is_asked_for(
        self, session: LoginSession, new_person: NewPerson
    ) -> None:
        person = new_person()
        page = session.submit_password(session.open(), person.username, person.password)
        assert session.tokens(page).access

    def test_it_may_be_asked_for_after_the_user_name(
        self,
        realm_admin: KeycloakAdmin,
        change_realm: ChangeRealm,
        session: LoginSession,
        new_person: NewPerson,
    ) -> None:
        # given a realm with an organization, whose login form asks for the user name first
        change_realm({"organizationsEnabled": True})
        realm_admin.create_organization({"name": "acme", "domains": [{"name": "acme.example"}]})
        person = new_person()
        # when the form is filled in
        first = session.open()
        page = session.submit_password(first, person.username, person.password)
        # then both pages have been
        assert "password" not in expect(first, LoginForm).form.fields
        assert isinstance(page, Done)


class TestSetUp:
    def test_three_apps_are_listed(self, set_up_page: SetUpTotp) -> None:
        assert sorted(set_up_page.apps) == ["FreeOTP", "Google Authenticator", "Microsoft Authenticator"]

    def test_the_key_in_letters_is_the_secret(self, session: LoginSession, set_up_page: SetUpTotp) -> None:
        page = expect(session.show_key(set_up_page), SetUpTotp)
        assert (page.key_shown or "").replace(" ", "") == set_up_page.secret

    def test_the_qr_code_is_the_secret_with_the_realm_s_policy(self, set_up_page: SetUpTotp) -> None:
        with Image.open(io.BytesIO(set_up_page.qr_png or b"")) as image:
            [code] = zxingcpp.read_barcodes(image)
        key = Authenticator.scanned(code.text).key
        found = (key.secret, key.digits, key.interval, key.digest().name, key.issuer)
        assert found == (set_up_page.secret, 6, 30, "sha1", "Acme & Co")

    def test_a_wrong_code_is_refused_and_the_key_stays(self, session: LoginSession, set_up_page: SetUpTotp) -> None:
        wrong = Authenticator.typed(set_up_page.secret).wrong_code()
        page = expect(session.set_up_totp(set_up_page, wrong, "Phone"), SetUpTotp)
        assert (page.error, page.secret) == ("Invalid authenticator code.", set_up_page.secret)

    def test_the_right_code_leads_into_the_app(self, session: LoginSession, set_up_page: SetUpTotp) -> None:
        code = Authenticator.typed(set_up_page.secret).code()
        assert session.tokens(session.set_up_totp(set_up_page, code, "Phone")).access

    def test_it_works_from_the_page_with_the_key_in_letters(
        self, session: LoginSession, set_up_page: SetUpTotp
    ) -> None:
        page = expect(session.show_key(set_up_page), SetUpTotp)
        code = Authenticator.typed(page.key_shown or "").code()
        assert isinstance(session.set_up_totp(page, code, "Phone"), Done)

    @pytest.mark.parametrize("theme", ["base", "keycloak", "keycloak.v2"])
    def test_it_works_in_every_theme_and_language(
        self, change_realm: ChangeRealm, session: LoginSession, new_person: NewPerson, theme: str
    ) -> None:
        # given the theme, in German
        german = {"internationalizationEnabled": True, "supportedLocales": ["de"], "defaultLocale": "de"}
        change_realm({"loginTheme": theme, **german})
        person = new_person("CONFIGURE_TOTP")
        # when a person goes the whole way, with one wrong code
        page = session.submit_password(session.open(), person.username, person.password)
        phone = Authenticator.typed(expect(page, SetUpTotp).secret)
        refused = session.set_up_totp(page, phone.wrong_code(), "Phone")
        done = session.set_up_totp(refused, phone.code(), "Phone")
        # then the pages were understood
        assert refused.error
        assert isinstance(done, Done)


class TestNextLogin:
    def test_a_wrong_code_is_refused(self, session: LoginSession, otp_form: OtpForm, enrolled: Enrolled) -> None:
        page = session.enter_code(otp_form, enrolled.phone.wrong_code())
        assert expect(page, OtpForm).error == "Invalid authenticator code."

    def test_the_code_of_the_set_up_is_used_up(
        self, session: LoginSession, otp_form: OtpForm, enrolled: Enrolled
    ) -> None:
        assert isinstance(session.enter_code(otp_form, enrolled.set_up_code), OtpForm)

    def test_a_fresh_code_leads_into_the_app(
        self, session: LoginSession, otp_form: OtpForm, enrolled: Enrolled
    ) -> None:
        assert isinstance(session.enter_code(otp_form, enrolled.phone.fresh_code()), Done)

    def test_a_window_that_is_logged_in_is_not_asked_again(
        self, session: LoginSession, otp_form: OtpForm, enrolled: Enrolled
    ) -> None:
        session.enter_code(otp_form, enrolled.phone.fresh_code())
        assert isinstance(session.open(), Done)


class TestOtherPages:
    @pytest.fixture
    def update_password(self, session: LoginSession, new_person: NewPerson) -> Page:
        person = new_person("UPDATE_PASSWORD")
        return session.submit_password(session.open(), person.username, person.password)

    def test_another_required_action_is_given_by_its_title(self, update_password: Page) -> None:
        assert update_password == Other(title="Update password", error=None)

    def test_a_page_out_of_turn_is_named_in_the_error(self, session: LoginSession, update_password: Page) -> None:
        with pytest.raises(UnexpectedPageError, match=r"Instead of the form for the one-time code .*'Update password'"):
            session.enter_code(update_password, "123456")

    def test_an_unknown_app_gets_keycloak_s_error_page(self, new_session: NewSession) -> None:
        page = new_session(client_id="nobody").open()
        assert page == Other(title="We are sorry...", error="Client not found.")

    def test_an_unknown_realm_is_an_error(self, keycloak: Keycloak) -> None:
        session = LoginSession(keycloak.url, "lp-nowhere", client_id="app", redirect_uri=APP)
        with session, pytest.raises(errors.UnknownRealmError, match="lp-nowhere"):
            session.open()

    def test_a_silent_host_is_an_error(self) -> None:
        session = LoginSession("http://127.0.0.1:9", REALM, client_id="app", redirect_uri=APP)
        with session, pytest.raises(errors.UnreachableError):
            session.open()


def test_no_page_shows_its_secrets_when_printed(
    session: LoginSession, set_up_page: SetUpTotp, new_session: NewSession
) -> None:
    page = expect(session.show_key(set_up_page), SetUpTotp)
    done = session.set_up_totp(page, Authenticator.typed(page.secret).code(), "Phone")
    shown = f"{set_up_page} {page} {done} {session.tokens(done)}"
    assert shown.replace(" ", "").find(page.secret) == -1
    assert page.form.fields["totpSecret"] not in shown
    assert "eyJ" not in shown
