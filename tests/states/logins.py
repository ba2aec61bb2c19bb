"""How the user of a state logs in, and what came of it, in a word or two."""

import requests
from tests.extension.logins import login_window, token_url
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, Realm
from tests.ldap import PASSWORD
from tests.states.told import USER

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, Other, OtpForm, Page, SetUpTotp

LET_IN, SET_UP, CODE, OTHER_FACTOR, REFUSED = "let in", "set up", "code", "other factor", "refused"
_PAGES: dict[type[Page], str] = {Done: LET_IN, SetUpTotp: SET_UP, OtpForm: CODE}
_FIELDS_OF_OTHER_FACTORS = {"recoveryCodeInput", "authenticatorData"}


def in_the_browser(keycloak: EmbeddedKeycloak, realm: Realm) -> str:
    """By the password that Keycloak keeps."""
    return _by(keycloak, realm, f"{USER}-pw")


def as_the_directory_knows_them(keycloak: EmbeddedKeycloak, realm: Realm) -> str:
    """By the password that the LDAP directory keeps."""
    return _by(keycloak, realm, PASSWORD)


def as_a_service(keycloak: EmbeddedKeycloak, realm: Realm) -> str:
    """A service account gets a token by its client's secret."""
    form = {"grant_type": "client_credentials", "client_id": ENFORCER, "client_secret": ENFORCER_SECRET}
    return LET_IN if requests.post(token_url(keycloak, realm.name), data=form, timeout=30).ok else REFUSED


def _by(keycloak: EmbeddedKeycloak, realm: Realm, password: str) -> str:
    with login_window(keycloak, realm) as window:
        page = window.submit_password(window.open(), USER, password)
        if isinstance(page, Other) and page.form and "email" in page.form.fields:
            # Keycloak asks for a valid profile before it goes on.
            page = window._submit(page.form, {"email": f"{USER}@example.org"})
    if isinstance(page, Other) and page.form and page.form.fields.keys() & _FIELDS_OF_OTHER_FACTORS:
        return OTHER_FACTOR
    return _PAGES.get(type(page), REFUSED)
