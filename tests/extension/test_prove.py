"""The proof on a server with the extension."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, person


@pytest.mark.slow
def test_the_set_up_page_cannot_be_skipped(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    run = kc2fa("prove", "--json", realm=realm)
    assert (run.exit, run.data["holds"]) == (0, True), run.stdout


@pytest.mark.slow
def test_what_could_not_be_tried_is_not_taken_for_open(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given that nobody can log in to the client of the direct access grants
    realm = make_realm(person("jane"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    [client] = realm.get("clients", clientId="admin-cli")
    realm.put(f"clients/{client['id']}", client | {"enabled": False})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then
    assert (run.exit, run.error["code"], run.data["holds"]) == (6, "could-not-try", None)
    assert "admin-cli" in run.error["hint"]


def test_it_says_what_it_saw_and_no_more(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    run = kc2fa("prove", realm=realm)
    assert f"The login of a new user of realm '{realm.name}' asks for 2FA: 12 of 12 checks." in run.stdout
