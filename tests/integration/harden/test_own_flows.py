"""Flows that `harden` made and somebody changed since; aliases as long as can be, or with signs that it refuses."""

from typing import Any

import pytest
from tests.integration import windows
from tests.integration.command import Kc2fa
from tests.integration.harden.conftest import AS_KEEPER, Harden, Olga, set_up
from tests.integration.realms import MakeRealm, Realm, flow
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, SetUpTotp


def switch_off(realm: Realm, alias: str, provider: str = "auth-otp-form") -> None:
    """Disables the last step of a kind in a flow, as an administrator does in the console."""
    path = f"authentication/flows/{alias}/executions"
    step = [each for each in realm.get(path) if each.get("providerId") == provider][-1]
    realm.put(path, step | {"requirement": "DISABLED"})


def steps(realm: Realm, alias: str) -> list[dict[str, Any]]:
    return realm.get(f"authentication/flows/{alias}/executions")


@pytest.mark.slow
def test_a_copy_of_ours_that_was_weakened_is_replaced(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given a hardened realm in which somebody disabled the OTP step
    realm = make_open(windows.user("alice"), olga.user)
    harden(realm, "flow-conditional")
    switch_off(realm, "browser with 2FA")
    was = steps(realm, "browser with 2FA")
    # When
    harden(realm, "flow-conditional")
    # Then a new copy is bound, and the old one is left
    assert realm.representation()["browserFlow"] == "browser with 2FA 2"
    assert steps(realm, "browser with 2FA") == was
    # And everybody is asked, once
    people = Windows(keycloak, realm)
    phone = set_up(*people.log_in("alice"))
    for username, device in (("alice", phone), ("olga", olga.phone)):
        window, page = people.log_in(username)
        assert isinstance(window.enter_code(page, device.fresh_code()), Done)


@pytest.mark.slow
def test_again_and_again(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    realm = make_open(windows.user("alice"))
    for number in ("", " 2", " 3", " 4"):
        harden(realm, "flow-conditional")
        assert realm.representation()["browserFlow"] == f"browser with 2FA{number}"
        last = Windows(keycloak, realm).log_in("alice")[1]
        switch_off(realm, f"browser with 2FA{number}")
    assert isinstance(last, SetUpTotp)


@pytest.mark.slow
def test_an_administrators_copy_of_ours_is_no_finding(make_open: MakeRealm, kc2fa: Kc2fa, harden: Harden) -> None:
    realm = make_open()
    harden(realm, "flow-conditional")
    realm.post("authentication/flows/browser with 2FA/copy", {"newName": "mine"})
    realm.put("", {"browserFlow": "mine"})
    run = kc2fa("harden", "--dry-run", "--json", "--fix", "flow-conditional", realm=realm, **AS_KEEPER)
    assert (run.exit, run.data["changes"]) == (0, [])


@pytest.mark.slow
def test_the_direct_grant_flow(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga) -> None:
    realm = make_open(windows.user("alice"), olga.user)
    harden(realm, "direct-grant-clients")
    switch_off(realm, "direct grant with 2FA")
    harden(realm, "direct-grant-clients")
    people = Windows(keycloak, realm)
    assert realm.representation()["directGrantFlow"] == "direct grant with 2FA 2"
    assert people.grant("alice").json()["error_description"] == "Account is not fully set up"
    assert people.grant("olga", totp=olga.phone.fresh_code()).ok


def test_a_condition_on_a_sub_flow_means_the_copys_own(make_open: MakeRealm, harden: Harden) -> None:
    # Given a flow in which a sub-flow is for the users who were not asked in another one
    top = flow("f", ["auth-username-password-form"])
    subs = [("asked", ["conditional-user-configured", "auth-otp-form"]), ("others", [])]
    top["authenticationExecutions"] += [
        {"authenticatorFlow": True, "flowAlias": alias, "requirement": "CONDITIONAL", "priority": 8 + number}
        for number, (alias, _) in enumerate(subs)
    ]
    made = [flow(alias, inside) | {"topLevel": False} for alias, inside in subs]
    condition = {"authenticator": "conditional-sub-flow-executed", "authenticatorConfig": "c"}
    made[1]["authenticationExecutions"] = [
        condition | {"requirement": "REQUIRED", "priority": 0},
        {"authenticator": "allow-access-authenticator", "requirement": "REQUIRED", "priority": 1},
    ]
    config = {"alias": "c", "config": {"flow_to_check": "asked", "check_result": "not-executed"}}
    realm = make_open(authenticationFlows=[top, *made], authenticatorConfig=[config], browserFlow="f")
    # When
    harden(realm, "flow-conditional")
    # Then the copy's condition names the copy's sub-flow
    [first, *_] = [each for each in steps(realm, "f with 2FA") if each.get("providerId") == condition["authenticator"]]
    kept = realm.get_one(f"authentication/config/{first['authenticationConfig']}")
    assert kept["config"]["flow_to_check"] == "f with 2FA asked"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("alias", "sub_alias"),
    [
        pytest.param("f" * 200, "s" * 200, id="long"),
        pytest.param("f" * 255, "s" * 230, id="as long as can be"),
        pytest.param("with 2FA (2)", "(s)", id="signs that Keycloak refuses"),
    ],
)
def test_aliases(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, alias: str, sub_alias: str) -> None:
    # Given a flow of password and a code only for those who have OTP
    forms = flow(alias, ["auth-username-password-form"])
    forms["authenticationExecutions"].append(
        {"authenticatorFlow": True, "flowAlias": sub_alias, "requirement": "CONDITIONAL", "priority": 9}
    )
    sub = flow(sub_alias, ["conditional-user-configured", "auth-otp-form"]) | {"topLevel": False}
    realm = make_open(windows.user("alice"), authenticationFlows=[forms, sub], browserFlow=alias)
    assert isinstance(Windows(keycloak, realm).log_in("alice")[1], Done)
    # When
    harden(realm, "flow-conditional")
    # Then
    bound = realm.representation()["browserFlow"]
    assert isinstance(Windows(keycloak, realm).log_in("alice")[1], SetUpTotp)
    # And the same again
    switch_off(realm, bound)
    harden(realm, "flow-conditional")
    assert realm.representation()["browserFlow"] != bound
    assert isinstance(Windows(keycloak, realm).log_in("alice")[1], SetUpTotp)


def test_an_alias_that_leaves_no_room_is_named(make_open: MakeRealm, kc2fa: Kc2fa) -> None:
    forms = flow("f", ["auth-username-password-form"])
    forms["authenticationExecutions"].append(
        {"authenticatorFlow": True, "flowAlias": "s" * 255, "requirement": "CONDITIONAL", "priority": 9}
    )
    sub = flow("s" * 255, ["conditional-user-configured", "auth-otp-form"]) | {"topLevel": False}
    realm = make_open(authenticationFlows=[forms, sub], browserFlow="f")
    run = kc2fa("harden", "--all", "--yes", "--json", realm=realm, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (6, "alias-too-long")
    assert realm.representation()["browserFlow"] == "f"
