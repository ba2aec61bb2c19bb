"""A second factor that is weak, is handed out, or is taken away."""

import time
from typing import Any

from tests.attacks import flows, security_key
from tests.attacks.ground import Ground, enrolled
from tests.attacks.way import way
from tests.attacks.window import Saw, Window
from tests.integration import windows
from tests.integration.harden.test_conditional_flows import recovery_codes
from tests.integration.realms import Realm
from tests.integration.windows import Windows

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, OtpForm

CODES = "A code that should not be good"


def policy(**more: Any) -> dict[str, Any]:
    """The realm's OTP policy: Keycloak takes it as a whole alone."""
    usual: dict[str, Any] = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 6}
    return usual | {"otpPolicyPeriod": 30, "otpPolicyLookAheadWindow": 1, "otpPolicyInitialCounter": 0} | more


def by_code(ground: Ground, realm: Realm, code: str) -> Window:
    window = ground.window(realm)
    window.open()
    window.enter_code(window.log_in("olga"), code)
    return window


@way(CODES, "ten hours old, look-ahead window 2000", finding="otp-policy-weak")
def old_code(ground: Ground) -> Saw:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user, **policy(otpPolicyLookAheadWindow=2000)))
    return by_code(ground, realm, olga.phone.key.at(time.time() - 36_000)).saw()


@way(CODES, "used before, reusable codes on", finding="otp-policy-weak")
def used_code(ground: Ground) -> Saw:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user, **policy(otpPolicyCodeReusable=True)))
    code = olga.phone.code()
    assert isinstance(by_code(ground, realm, code).page, Done)
    return by_code(ground, realm, code).saw()


@way(CODES, "found by guessing, with no limit to guesses", finding="brute-force-off")
def guessed_code(ground: Ground) -> Saw:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user))
    return guessed(ground, realm, olga.phone)


@way(CODES, "found by guessing, with a limit of 10,000,000 and waits of 0", finding="brute-force-weak")
def guessed_within_a_limit(ground: Ground) -> Saw:
    olga = enrolled("olga")
    never: dict[str, Any] = {"failureFactor": 10_000_000, "waitIncrementSeconds": 0, "maxFailureWaitSeconds": 0}
    quick: dict[str, Any] = {
        "minimumQuickLoginWaitSeconds": 0,
        "quickLoginCheckMilliSeconds": 0,
        "maxDeltaTimeSeconds": 1,
    }
    realm = ground.enforce(ground.realm(olga.user, bruteForceProtected=True, **never, **quick))
    return guessed(ground, realm, olga.phone)


def guessed(ground: Ground, realm: Realm, phone: Authenticator) -> Saw:
    """As many wrong codes as lock a user for a minute where `harden` set the limit, and then the right one."""
    window = ground.window(realm)
    window.open()
    window.log_in("olga")
    for _ in range(31):
        if isinstance(window.page, OtpForm):
            window.enter_code(window.page, phone.wrong_code())
    if isinstance(window.page, OtpForm):
        window.enter_code(window.page, phone.fresh_code())
    return window.saw()


@way(CODES, "found by guessing, where a page is skipped to have the failures forgotten", finding="flow-conditional")
def guessed_and_skipped(ground: Ground) -> Saw:
    olga = enrolled("olga")
    limits: dict[str, Any] = {"bruteForceProtected": True, "failureFactor": 5, "quickLoginCheckMilliSeconds": 0}
    realm = ground.enforce(ground.realm(olga.user, **limits, **flows.bound(flows.browser("bare"))))
    for _ in range(4):
        window = ground.window(realm)
        window.open()
        window.log_in("olga")
        for _ in range(3):
            if isinstance(window.page, OtpForm):
                window.enter_code(window.page, olga.phone.wrong_code())
        window.skip_if_due()
    window = ground.window(realm)
    window.open()
    window.log_in("olga")
    if isinstance(window.page, OtpForm):
        window.enter_code(window.page, olga.phone.fresh_code())
    return window.saw()


REMOVED = "The OTP of a user is removed, and the password is enough"


@way(REMOVED, "by themselves in the account console", finding="otp-self-removal")
def self_removed(ground: Ground) -> Saw:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user))
    Windows(ground.keycloak, realm).remove_own_otp("olga", olga.phone)
    return by_password(ground, realm, "olga")


@way(REMOVED, "by an administrator", finding="uncovered-users")
def removed_by_an_administrator(ground: Ground) -> Saw:
    olga = enrolled("olga")
    realm = ground.enforce(ground.realm(olga.user))
    user = realm.user("olga")["id"]
    [otp] = [each for each in realm.get(f"users/{user}/credentials") if each["type"] == "otp"]
    realm.delete(f"users/{user}/credentials/{otp['id']}")
    return by_password(ground, realm, "olga")


@way(REMOVED, "by another tool that empties `requiredActions`", finding="uncovered-users")
def actions_emptied(ground: Ground) -> Saw:
    realm, name = ground.shared(), ground.marked()
    realm.put(f"users/{realm.user(name)['id']}", {"requiredActions": []})
    return by_password(ground, realm, name)


def by_password(ground: Ground, realm: Realm, username: str) -> Saw:
    window = ground.window(realm)
    window.open()
    window.log_in(username)
    return window.saw()


HANDED_OUT = "A flow hands out the factor that it demands, to a user who has OTP"


@way(HANDED_OUT, "recovery codes", finding="flow-conditional")
def recovery_codes_handed_out(ground: Ground) -> Saw:
    demands = flows.browser("codes", "auth-recovery-authn-code-form")
    realm = ground.enforce(ground.realm(enrolled("olga").user, **flows.bound(demands)))
    window = ground.window(realm)
    window.open()
    window.log_in("olga")
    if "generatedRecoveryAuthnCodes" in window.html:
        window.submit()
    return window.saw()


@way(HANDED_OUT, "a security key", finding="flow-conditional")
def security_key_handed_out(ground: Ground) -> Saw:
    demands = flows.browser("keys", "webauthn-authenticator")
    realm = ground.enforce(ground.realm(enrolled("olga").user, **flows.bound(demands)))
    window = ground.window(realm)
    window.open()
    window.log_in("olga")
    if "attestationObject" in window.html:
        window.submit(**security_key.registered(window.html, ground.keycloak.url))
    return window.saw()


NOT_ASKED = "The factor is there, and the login does not ask for it"


@way(NOT_ASKED, "a condition that is false, a user who has OTP", finding="flow-conditional")
def condition_false(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm(enrolled("olga").user, **flows.conditional("auth-otp-form")))
    return by_password(ground, realm, "olga")


@way(NOT_ASKED, "a condition that is false, a user who has recovery codes", finding="flow-conditional")
def condition_false_for_recovery_codes(ground: Ground) -> Saw:
    rita = windows.user("rita")
    rita["credentials"] = [*rita["credentials"], recovery_codes("ABCD2345EFGH")]
    realm = ground.enforce(ground.realm(rita, **flows.conditional("auth-recovery-authn-code-form")))
    realm.put(f"users/{realm.user('rita')['id']}", {"requiredActions": []})
    return by_password(ground, realm, "rita")


@way(NOT_ASKED, "a browser flow of the password alone", finding="flow-conditional")
def password_flow(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm(enrolled("olga").user, **flows.bound(flows.browser("bare"))))
    return by_password(ground, realm, "olga")


@way(NOT_ASKED, "a client with such a flow of its own", finding="client-flow-override")
def client_flow(ground: Ground) -> Saw:
    realm = ground.realm(enrolled("olga").user, authenticationFlows=flows.browser("bare"))
    ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
    [app] = realm.get("clients", clientId="app")
    realm.put(f"clients/{app['id']}", app | {"authenticationFlowBindingOverrides": {"browser": ids["bare"]}})
    ground.enforce(realm)
    return by_password(ground, realm, "olga")


@way(NOT_ASKED, "a client policy that leads to such a flow", finding="client-policy-flow")
def client_policy(ground: Ground) -> Saw:
    realm = ground.realm(enrolled("olga").user, authenticationFlows=flows.browser("bare"))
    flows.enforce_by_policy(realm, "bare")
    ground.enforce(realm)
    return by_password(ground, realm, "olga")


@way(NOT_ASKED, "a client policy that leads to a strict flow, and a restarted login", finding="flow-conditional")
def restarted(ground: Ground) -> Saw:
    realm = ground.realm(enrolled("olga").user, **flows.bound(flows.browser("bare")))
    flows.enforce_by_policy(realm, "browser")
    ground.enforce(realm)
    window = ground.window(realm)
    window.open()
    window.restart()
    window.log_in("olga")
    return window.saw()


SWITCHED_OFF = "The required action CONFIGURE_TOTP is switched off after enforcement"


def switched_off(ground: Ground) -> Realm:
    realm = ground.enforce(ground.realm(windows.user("lazy")))
    realm.import_users([windows.user("imported")])
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"enabled": False})
    return realm


@way(SWITCHED_OFF, "by a user without OTP", finding="totp-action-off")
def switched_off_marked(ground: Ground) -> Saw:
    return by_password(ground, switched_off(ground), "lazy")


@way(SWITCHED_OFF, "by a user imported after enforcement", finding="totp-action-off")
def switched_off_imported(ground: Ground) -> Saw:
    return by_password(ground, switched_off(ground), "imported")
