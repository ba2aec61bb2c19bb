"""Flows that ask for a code only those who have OTP."""

import base64
import hashlib
import json
from typing import Any

import pytest
from tests.integration import windows
from tests.integration.command import Kc2fa
from tests.integration.harden.conftest import ANYWAY, AS_KEEPER, Harden, Olga, set_up
from tests.integration.realms import MakeRealm, flow
from tests.integration.windows import PASSWORD, Pages, Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, Other, OtpForm, SetUpTotp


@pytest.mark.slow
def test_the_browser_flow(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga) -> None:
    # Given somebody without OTP, of whom nothing is due, and who logs in by password alone
    realm = make_open(windows.user("alice"), olga.user)
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("alice")[1], Done)
    # When
    harden(realm, "flow-conditional")
    # Then
    phone = set_up(*people.log_in("alice"))
    window, page = people.log_in("alice")
    assert isinstance(window.enter_code(page, phone.fresh_code()), Done)
    # And whoever is enrolled goes on as before
    window, page = people.log_in("olga")
    assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["flow-conditional", "direct-grant-clients"])
def test_the_direct_grant_flow(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga, way: str
) -> None:
    realm = make_open(windows.user("alice"), olga.user)
    people = Windows(keycloak, realm)
    assert people.grant("alice").ok
    # When
    harden(realm, way)
    # Then it is refused in Keycloak's usual words
    refused = people.grant("alice")
    assert (refused.status_code, refused.json()["error_description"]) == (400, "Account is not fully set up")
    # And a code is still enough, and needed, for whoever has one
    assert not people.grant("olga").ok
    assert not people.grant("olga", totp=olga.phone.wrong_code()).ok
    assert people.grant("olga", totp=olga.phone.fresh_code()).ok


@pytest.mark.slow
def test_a_direct_grant_flow_that_never_asks(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given a flow of name and password, by which even the enrolled need no code
    steps = ["direct-grant-validate-username", "direct-grant-validate-password"]
    realm = make_open(
        windows.user("alice"), olga.user, authenticationFlows=[flow("bare", steps)], directGrantFlow="bare"
    )
    people = Windows(keycloak, realm)
    assert people.grant("olga").ok
    # When
    harden(realm, "flow-conditional")
    # Then
    assert people.grant("alice").json()["error_description"] == "Account is not fully set up"
    assert not people.grant("olga").ok
    assert people.grant("olga", totp=olga.phone.fresh_code()).ok


@pytest.mark.slow
def test_another_second_factor_that_the_flow_takes_is_enough(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak
) -> None:
    # Given a flow that takes recovery codes too, and somebody who has nothing else
    code = "ABCD2345EFGH"
    credentials = [*windows.user("rita")["credentials"], recovery_codes(code)]
    realm = make_open(windows.user("rita", credentials=credentials))
    steps = realm.get("authentication/flows/browser/executions")
    [step] = [each for each in steps if each.get("providerId") == "auth-recovery-authn-code-form"]
    realm.put("authentication/flows/browser/executions", step | {"requirement": "ALTERNATIVE"})
    # When
    harden(realm, "flow-conditional")
    # Then
    pages = Pages(Windows(keycloak, realm).open())
    assert not pages.submit(username="rita", password=PASSWORD).in_the_app
    assert pages.submit(recoveryCodeInput=code).in_the_app


@pytest.mark.slow
@pytest.mark.parametrize("step", ["auth-recovery-authn-code-form", "webauthn-authenticator"])
def test_a_flow_that_has_who_has_otp_set_up_another_factor(
    make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, olga: Olga, step: str
) -> None:
    # Given a flow in which the password is enough to set up that factor in Olga's name
    steps = ["auth-username-password-form", step]
    realm = make_open(olga.user, authenticationFlows=[flow("handing", steps)], browserFlow="handing")
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("olga")[1], Other)
    found = kc2fa("verify", "--json", realm=realm, **AS_KEEPER).data["findings"]
    [said] = [each["title"] for each in found if each["where"] == "handing"]
    assert "set up another second factor" in said
    # When
    harden(realm, "flow-conditional")
    # Then she is asked for her code before
    assert isinstance(people.log_in("olga")[1], OtpForm)


@pytest.mark.slow
def test_the_flows_that_were_bound_stay_as_they_are(make_open: MakeRealm, harden: Harden) -> None:
    realm = make_open()
    aliases = [each["alias"] for each in realm.get("authentication/flows")]
    was = {alias: realm.get(f"authentication/flows/{alias}/executions") for alias in aliases}
    harden(realm)
    assert {alias: realm.get(f"authentication/flows/{alias}/executions") for alias in aliases} == was


@pytest.mark.slow
def test_a_way_that_is_one_step_is_left_and_named(make_open: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a flow in which Kerberos alone is enough
    kerberos = flow("kerberos", [])
    kerberos["authenticationExecutions"] = [
        {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE", "priority": 10},
        {"authenticator": "auth-spnego", "requirement": "ALTERNATIVE", "priority": 20},
    ]
    realm = make_open(authenticationFlows=[kerberos], browserFlow="kerberos")
    # When
    run = kc2fa("harden", "--json", "--yes", *ANYWAY, "--fix", "flow-conditional", realm=realm, **AS_KEEPER)
    # Then
    assert (run.exit, run.error["code"]) == (7, "still-open")
    left = run.data["left"]
    assert realm.representation()["browserFlow"] == "kerberos"
    assert [(each["id"], each["where"]) for each in left] == [("flow-conditional", "kerberos")]
    assert "admin console" in left[0]["fix"]


@pytest.mark.slow
def test_a_copy_that_was_left_half_made_is_left_alone(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak
) -> None:
    # Given what an interruption leaves: a copy to which nothing was added
    realm = make_open(windows.user("alice"))
    realm.post("authentication/flows/browser/copy", {"newName": "browser with 2FA"})
    # When
    harden(realm, "flow-conditional")
    # Then
    assert realm.representation()["browserFlow"] == "browser with 2FA 2"
    assert isinstance(Windows(keycloak, realm).log_in("alice")[1], SetUpTotp)


def recovery_codes(first: str) -> dict[str, Any]:
    """A credential of a dozen recovery codes, to import; of fewer Keycloak would want a new set."""
    hashes = [base64.b64encode(hashlib.sha512(f"{first}{n or ''}".encode()).digest()).decode() for n in range(12)]
    codes = [{"number": n, "encodedHashedValue": each} for n, each in enumerate(hashes, 1)]
    return {
        "type": "recovery-authn-codes",
        "secretData": json.dumps({"codes": codes}),
        "credentialData": json.dumps({"algorithm": "RS512", "totalCodes": 12, "remainingCodes": 12}),
    }
