"""`enforce --record`: the settings before and after, the answer, and its provenance."""

from pathlib import Path

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, otp_credential, person
from tests.integration.test_enforcement_record import read
from tests.server import Keycloak

from keycloak_2fa import __version__

pytestmark = pytest.mark.core

EIGHT_DIGITS = {
    "otpPolicyType": "totp",
    "otpPolicyAlgorithm": "HmacSHA1",
    "otpPolicyDigits": 8,
    "otpPolicyPeriod": 30,
    "otpPolicyLookAheadWindow": 1,
    "otpPolicyInitialCounter": 0,
    "otpPolicyCodeReusable": False,
}


def test_it_says_what_was_changed_by_whom_and_when(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak, tmp_path: Path
) -> None:
    # Given a realm with another OTP policy, and a user called in letters that are not ASCII
    realm = make_realm(person("王小明"), person("enrolled", credentials=[otp_credential()]), **EIGHT_DIGITS)
    file = tmp_path / "record.json"
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, "--record", str(file), realm=realm)
    # Then the record holds the answer, and the settings on both sides of it
    assert run.exit == 0, run
    record = read(file)
    assert (record["result"], record["warnings"], record["error"]) == (run.data, run.document["warnings"], None)
    assert record["result"]["users"] | {"marked": 1, "enrolled": 1, "total": 2} == record["result"]["users"]
    assert (record["before"]["otp_policy"]["digits"], record["after"]["otp_policy"]["digits"]) == (8, 6)
    assert (record["before"]["required_action"], record["after"]["required_action"]) == (
        {"enabled": True, "default_action": False},
        {"enabled": True, "default_action": True},
    )
    assert record["after"]["flow_bindings"]["browserFlow"] == "browser"
    # And its provenance
    assert (record["server_url"], record["tool_version"]) == (keycloak.url, __version__)
    assert record["caller"] == "service-account-enforcer"
    assert "--record" in record["command"]
    assert record["began_at"] <= record["result"].get("enforced_at", record["began_at"]) <= record["ended_at"]
