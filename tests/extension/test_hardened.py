"""`harden` on a server with the extension: its step in the copies, exempt users, and set-up inside the flow."""

from datetime import timedelta

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.harden.conftest import APP, AS_KEEPER, KEEPER, Olga, set_up
from tests.integration.realms import MakeRealm, Realm
from tests.integration.windows import Pages, Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa import timestamps
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp
from keycloak_2fa.people import exemptions

TODAY = timestamps.today()


@pytest.fixture
def olga() -> Olga:
    return Olga()


@pytest.fixture
def make_on(make_realm: MakeRealm, kc2fa: Kc2fa, olga: Olga) -> MakeRealm:
    """Makes a realm that is ON, with alice and glass, who have no OTP, and olga, who has."""

    def make(**settings: object) -> Realm:
        realm = make_realm(windows.user("alice"), windows.user("glass"), olga.user, clients=(APP, KEEPER), **settings)
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        return realm

    return make


def exempt(kc2fa: Kc2fa, realm: Realm) -> Run:
    given = ("--reason", "phones gone", "--approver", "the CISO", "--expires", str(TODAY + timedelta(days=1)))
    return kc2fa("exempt", "add", "glass", *given, "--json", realm=realm)


def harden(kc2fa: Kc2fa, realm: Realm, *more: str) -> Run:
    done = kc2fa("harden", "--all", "--yes", "--json", *more, realm=realm, **AS_KEEPER)
    assert done.exit == 0, done
    return done


@pytest.mark.slow
def test_exempt_users_pass_whatever_came_first(
    make_on: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given an account that is exempt before the flows are hardened, and again after
    realm = make_on()
    assert exempt(kc2fa, realm).exit == 0
    harden(kc2fa, realm)
    assert exempt(kc2fa, realm).exit == 0
    # Then it passes, and nobody else
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("glass")[1], Done)
    assert people.grant("glass").ok
    assert isinstance(people.log_in("alice")[1], SetUpTotp)
    assert people.grant("alice").json()["error_description"] == "Account is not fully set up"
    assert not people.grant("olga").ok
    assert people.grant("olga", totp=olga.phone.fresh_code()).ok
    window, page = people.log_in("olga")
    assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)
    # And verify has nothing to say
    skip = ("--skip", "server-vulnerable")
    run = kc2fa("verify", "--json", *skip, realm=realm, **AS_KEEPER)
    assert (run.exit, run.data["findings"]) == (0, [])


@pytest.mark.slow
def test_an_exemption_that_is_over_does_not_pass(make_on: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    realm = make_on()
    exempt(kc2fa, realm)
    harden(kc2fa, realm)
    [role] = realm.get("roles", search=exemptions.PREFIX, briefRepresentation="false")
    over = role["attributes"] | {"expires": [str(TODAY - timedelta(days=1))]}
    realm.put(f"roles-by-id/{role['id']}", role | {"attributes": over})
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("glass")[1], SetUpTotp)
    assert not people.grant("glass").ok


def test_the_set_up_is_a_part_of_the_flow(make_on: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    # Given a realm with the guard on, which verify finds nothing wrong with
    realm = make_on()
    harden(kc2fa, realm)
    # When somebody without OTP, of whom no action is due, gives the password
    realm.put(f"users/{realm.user('alice')['id']}", {"requiredActions": []})
    pages = Pages(Windows(keycloak, realm).open())
    pages.submit(username="alice", password=windows.PASSWORD)
    # Then the set-up is asked for by the flow, not by a required action, which could be skipped
    assert isinstance(pages.page, SetUpTotp)
    assert "login-actions/authenticate" in pages.url + pages.html
    assert "login-actions/required-action" not in pages.url + pages.html
    # And it is enough for this login, and needed for the next
    people = Windows(keycloak, realm)
    phone = set_up(*people.log_in("alice"))
    window, page = people.log_in("alice")
    assert isinstance(page, OtpForm)
    assert isinstance(window.enter_code(page, phone.fresh_code()), Done)


@pytest.mark.slow
def test_a_second_time_there_is_nothing_to_do(make_on: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_on(resetPasswordAllowed=True)
    harden(kc2fa, realm)
    again = kc2fa("harden", "--all", "--json", realm=realm, **AS_KEEPER)
    assert (again.exit, again.data["changes"], again.data["left"]) == (0, [], [])


@pytest.mark.slow
def test_flows_from_before_the_extension_get_the_better_copy(
    make_on: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given a realm whose browser flow asks everybody by Keycloak's own step
    realm = make_on(authenticationFlows=windows.TIGHT, browserFlow="browser with 2FA")
    # Then an exemption is not promised there
    refused = exempt(kc2fa, realm)
    assert (refused.exit, refused.error["code"]) == (6, "exempt-asked")
    # When
    done = harden(kc2fa, realm)
    # Then
    change = {"setting": "browserFlow", "before": "browser with 2FA", "after": "browser with 2FA 2"}
    assert {"id": "flow-conditional"} | change in done.data["changes"]
    assert exempt(kc2fa, realm).exit == 0
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("glass")[1], Done)
    assert isinstance(people.log_in("alice")[1], SetUpTotp)
    window, page = people.log_in("olga")
    assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)
    # And the old flow is as it was
    assert len(realm.get("authentication/flows/browser with 2FA/executions")) == 5


@pytest.mark.slow
def test_flows_that_keycloaks_own_steps_hardened_are_hardened_again(
    make_on: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given the copies that kc2fa makes on a server without the extension
    realm = make_on()
    for alias, key in (("browser", "browserFlow"), ("direct grant", "directGrantFlow")):
        plain_copy(realm, alias, "forms" if alias == "browser" else None)
        realm.put("", {key: f"{alias} with 2FA"})
    people = Windows(keycloak, realm)
    # When
    harden(kc2fa, realm)
    assert exempt(kc2fa, realm).exit == 0
    # Then
    assert realm.representation()["browserFlow"] == "browser with 2FA 2"
    assert realm.representation()["directGrantFlow"] == "direct grant with 2FA 2"
    assert isinstance(people.log_in("glass")[1], Done)
    assert people.grant("glass").ok
    assert people.grant("olga", totp=olga.phone.fresh_code()).ok
    assert not people.grant("alice").ok


@pytest.mark.slow
def test_on_a_realm_that_is_off_nobody_is_asked_before_enforcement(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    realm = make_realm(windows.user("alice"), clients=(APP, KEEPER))
    harden(kc2fa, realm)
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("alice")[1], Done)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    assert isinstance(people.log_in("alice")[1], SetUpTotp)


def plain_copy(realm: Realm, alias: str, level: str | None) -> None:
    """A copy with a sub-flow at the end in which OTP Form asks the users whom the conditional one did not."""
    name = f"{alias} with 2FA"
    realm.post(f"authentication/flows/{alias}/copy", {"newName": name})
    steps = realm.get(f"authentication/flows/{name}/executions")
    names = [each["displayName"] for each in steps]
    asked = next(each for each in names if "Conditional" in each and each.endswith(("2FA", "OTP")))
    parent = f"{name} {level}" if level else name
    realm.post(
        f"authentication/flows/{parent}/executions/flow",
        {"alias": f"{parent} set-up", "description": "", "type": "basic-flow"},
    )
    for provider in ("conditional-sub-flow-executed", "auth-otp-form"):
        realm.post(f"authentication/flows/{parent} set-up/executions/execution", {"provider": provider})
    path = f"authentication/flows/{name}/executions"
    mine = [each for each in realm.get(path) if each["displayName"] == f"{parent} set-up"]
    realm.put(path, mine[0] | {"requirement": "CONDITIONAL"})
    condition, form = realm.get(f"authentication/flows/{parent} set-up/executions")
    for each in (condition, form):
        realm.put(path, each | {"requirement": "REQUIRED"})
    config = {"alias": f"c {name}", "config": {"flow_to_check": asked, "check_result": "not-executed"}}
    realm.post(f"authentication/executions/{condition['id']}/config", config)
