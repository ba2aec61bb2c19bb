"""Logins that skipped the pages that were due, as the realm's events show them."""

from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, service_account
from tests.integration.verify.audit import READ, VerifyRealm, as_client, findings, set_client, where
from tests.integration.windows import Pages, Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import SetUpTotp, expect
from keycloak_2fa.warning_codes import WarningCode


@pytest.fixture
def realm(make_audited: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON and keeps events, in which alice has set up nothing."""
    realm = make_audited(
        windows.user("alice"), eventsEnabled=True, clients=(service_account("without-view-events", *WITHOUT_EVENTS),)
    )
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


WITHOUT_EVENTS = tuple(each for each in READ if each != "view-events")


def skip_set_up(keycloak: EmbeddedKeycloak, realm: Realm) -> bool:
    """A login by password alone on a server without the extension; whether it got into the app."""
    pages = Pages(Windows(keycloak, realm).open())
    pages.submit(username="alice", password=windows.PASSWORD)
    expect(pages.page, SetUpTotp)
    query = {name: value[0] for name, value in parse_qs(urlsplit(pages.url).query).items()}
    kept = {name: value for name, value in query.items() if name in {"client_id", "tab_id", "client_data"}}
    consent = urljoin(f"{keycloak.url}/", f"realms/{realm.name}/login-actions/consent")
    return pages.go("POST", consent, params=kept, data={"accept": "Yes"}).in_the_app


@pytest.mark.slow
def test_a_login_that_skipped_the_set_up_is_named_until_everybody_was_signed_out(
    realm: Realm, verify: VerifyRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    assert where(verify(realm), "consent-replayed") == []
    assert skip_set_up(keycloak, realm)
    [found] = findings(verify(realm), "consent-replayed")
    assert (found["where"], found["severity"]) == ("alice", "high")
    assert "app" in found["title"]
    windows.next_second()
    assert kc2fa("enforce", "--json", *CONFIRM, "--sign-out", realm=realm).exit == 0
    assert where(verify(realm), "consent-replayed") == []


@pytest.mark.slow
def test_without_view_events_it_is_a_note(realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    assert skip_set_up(keycloak, realm)
    run = kc2fa("verify", "--json", realm=realm, **as_client("without-view-events"))
    assert (where(run, "consent-replayed"), where(run, "not-checked")) == ([], ["server-vulnerable"])
    assert "view-events" in run.warned[WarningCode.EVENTS_NOT_READ]


@pytest.mark.slow
def test_a_client_that_asks_for_consent_is_silent(
    realm: Realm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    set_client(realm, "app", consentRequired=True)
    assert skip_set_up(keycloak, realm)
    assert where(verify(realm), "consent-replayed") == []


def test_the_set_up_can_be_skipped_without_the_extension_and_verify_says_so(
    realm: Realm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    assert skip_set_up(keycloak, realm)
    [found] = findings(verify(realm), "set-up-skippable")
    assert found["severity"] == "high"
    assert "extension" in found["fix"]
    assert "reverse proxy" in found["fix"]
