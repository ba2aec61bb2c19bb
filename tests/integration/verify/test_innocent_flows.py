"""Flows that are innocent, on which `verify` stays silent; and copies that an administrator makes."""

from typing import Any

import pytest
from tests.extension.flows import copy
from tests.integration import windows
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, flow, otp_credential, service_account
from tests.integration.verify.audit import APP, VerifyRealm, as_client, where
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import OtpForm, expect

pytestmark = pytest.mark.slow

NAME, SECRET, OTP = "auth-username-form", "auth-password-form", "auth-otp-form"
SESSION_LIMITS, NAME_AND_SECRET = "user-session-limits", "auth-username-password-form"


def sub_flow(alias: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {
        "alias": alias,
        "providerId": "basic-flow",
        "topLevel": False,
        "builtIn": False,
        "authenticationExecutions": [{"priority": number} | step for number, step in enumerate(steps)],
    }


def step(authenticator: str, requirement: str = "REQUIRED") -> dict[str, Any]:
    return {"authenticator": authenticator, "requirement": requirement}


def inside(alias: str, requirement: str = "REQUIRED") -> dict[str, Any]:
    return {"authenticatorFlow": True, "flowAlias": alias, "requirement": requirement}


def top(*steps: dict[str, Any]) -> dict[str, Any]:
    return sub_flow("ours", *steps) | {"topLevel": True}


FACTORS = sub_flow(
    "factors",
    step(OTP, "ALTERNATIVE"),
    step("webauthn-authenticator", "ALTERNATIVE"),
    step("auth-recovery-authn-code-form", "ALTERNATIVE"),
)
DENY = sub_flow("blocked", step("conditional-user-attribute"), step("deny-access-authenticator"))

INNOCENT = {
    "username, password and OTP, each a step": [flow("ours", [NAME, SECRET, OTP])],
    "OTP before the password": [flow("ours", [NAME, OTP, SECRET])],
    "OTP, WebAuthn or recovery codes": [top(step(NAME_AND_SECRET), inside("factors")), FACTORS],
    "session limits": [flow("ours", [NAME_AND_SECRET, SESSION_LIMITS, OTP])],
    "a conditional deny before OTP": [top(step(NAME_AND_SECRET), inside("blocked", "CONDITIONAL"), step(OTP)), DENY],
    "no cookie": [
        top(inside("forms of ours", "ALTERNATIVE")),
        sub_flow("forms of ours", step(NAME_AND_SECRET), step(OTP)),
    ],
}


@pytest.mark.parametrize("flows", INNOCENT.values(), ids=INNOCENT)
def test_is_silent(make_audited: MakeRealm, verify: VerifyRealm, flows: list[dict[str, Any]]) -> None:
    run = verify(make_audited(authenticationFlows=flows, browserFlow="ours"))
    assert (where(run, "flow-conditional"), where(run, "passkey-skips-otp")) == (["direct grant"], [])


def test_an_administrators_own_copy_of_a_hardened_flow_is_silent(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given a hardened browser flow
    key = windows.key()
    olga = windows.user("olga", credentials=[*windows.user("olga")["credentials"], otp_credential(secret=key)])
    realm = make_realm(olga, clients=(APP, KEEPER))
    assert kc2fa("enforce", "--json", "--confirm", "Enforce 2FA", realm=realm).exit == 0
    done = kc2fa("harden", "--json", "--yes", "--fix", "flow-conditional", realm=realm, **as_client("keeper"))
    assert done.exit == 0
    # When an administrator copies it by hand and binds the copy
    copy(realm, realm.representation()["browserFlow"], "copied by hand")
    realm.put("", {"browserFlow": "copied by hand"})
    # Then it is silent, and asks for a code
    run = kc2fa("verify", "--json", realm=realm, **as_client("keeper"))
    assert "copied by hand" not in where(run, "flow-conditional")
    expect(Windows(keycloak, realm).log_in("olga")[1], OtpForm)


KEEPER = service_account("keeper", "realm-admin")
