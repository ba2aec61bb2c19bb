"""Reading a realm JSON, ours or the user's own."""

import json
from pathlib import Path
from typing import Any

import pytest

from keycloak_2fa.errors import BadFileError
from keycloak_2fa.realm.file import RealmFile, RealmPlan, load_realm_file
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.settings import Change, RealmSettings

POLICY = {
    "otpPolicyType": "totp",
    "otpPolicyAlgorithm": "HmacSHA1",
    "otpPolicyDigits": 6,
    "otpPolicyPeriod": 30,
    "otpPolicyLookAheadWindow": 2,
    "otpPolicyInitialCounter": 0,
    "otpPolicyCodeReusable": False,
}
ACTION = {"alias": "CONFIGURE_TOTP", "enabled": True, "defaultAction": True}
GOOD = {"realm": "example", **POLICY, "requiredActions": [ACTION]}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def saved(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "realm.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def refusal(path: Path) -> BadFileError:
    with pytest.raises(BadFileError) as refused:
        load_realm_file(path)
    return refused.value


def test_the_policy_of_a_good_file_is_read(tmp_path: Path) -> None:
    file = load_realm_file(saved(tmp_path, GOOD))

    assert file.policy == OtpPolicy("totp", "HmacSHA1", 6, 30, 2, 0, code_reusable=False)


def test_all_of_a_good_file_is_kept(tmp_path: Path) -> None:
    content = GOOD | {"displayName": "Beispiel AG, Zürich", "anything": {"else": [1]}}

    assert load_realm_file(saved(tmp_path, content)).representation == content


def test_the_file_that_comes_with_the_package_enforces() -> None:
    assert load_realm_file().policy.compatible


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([], id="an empty list"),
        pytest.param([GOOD], id="a list of realms"),
        pytest.param(5, id="a number"),
        pytest.param(None, id="null"),
        pytest.param(True, id="true"),
        pytest.param("otpPolicyType", id="a text"),
        pytest.param({}, id="an empty object"),
        *(pytest.param(without(key), id=f"no {key}") for key in [*POLICY, "requiredActions"]),
        pytest.param(GOOD | {"requiredActions": None}, id="null required actions"),
        pytest.param(GOOD | {"requiredActions": {}}, id="an object of required actions"),
        pytest.param(GOOD | {"requiredActions": 5}, id="a number of required actions"),
        pytest.param(GOOD | {"requiredActions": ["CONFIGURE_TOTP"]}, id="aliases instead of required actions"),
        pytest.param(GOOD | {"requiredActions": [None]}, id="a null required action"),
        pytest.param(GOOD | {"requiredActions": []}, id="no required action"),
        pytest.param(GOOD | {"requiredActions": [ACTION | {"alias": "X"}]}, id="another required action"),
        pytest.param(GOOD | {"requiredActions": [ACTION | {"enabled": False}]}, id="disabled"),
        pytest.param(GOOD | {"requiredActions": [ACTION | {"defaultAction": False}]}, id="not for new users"),
        pytest.param(GOOD | {"otpPolicyType": "hotp"}, id="HOTP"),
        pytest.param(GOOD | {"otpPolicyAlgorithm": "HmacSHA256"}, id="another algorithm"),
        pytest.param(GOOD | {"otpPolicyDigits": 8}, id="eight digits"),
        pytest.param(GOOD | {"otpPolicyDigits": "6"}, id="digits as a text"),
        pytest.param(GOOD | {"otpPolicyPeriod": 60}, id="a minute"),
    ],
)
def test_json_that_does_not_enforce_is_refused(tmp_path: Path, content: Any) -> None:
    assert "otpPolicy" in refusal(saved(tmp_path, content)).hint


@pytest.mark.parametrize(
    "content",
    [b"", b"realm: example", b'{"realm": "exa', b"\xff\xfe{}"],
    ids=["empty", "YAML", "cut", "no text"],
)
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "realm.json"
    path.write_bytes(content)

    refused = refusal(path)
    assert (str(path) in refused.message, "otpPolicy" in refused.hint) == (True, False)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.json"

    assert f"{path} " in (message := refusal(path).message)
    assert "No such file or directory" in message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "Is a directory" in refusal(tmp_path).message


class TestAPlan:
    policy = OtpPolicy("totp", "HmacSHA1", 6, 30, 1, 0, code_reusable=False)
    file = RealmFile(policy, GOOD)
    realm = RealmSettings("example", policy, (), (), {})

    def test_for_a_realm_that_does_not_exist_is_to_create_it(self) -> None:
        plan = RealmPlan("example", self.file, found=None, changes=())

        assert plan.something_to_do

    def test_for_a_realm_that_differs_is_to_change_it(self) -> None:
        plan = RealmPlan("example", self.file, self.realm, (Change("otpPolicyDigits", 8, 6),))

        assert plan.something_to_do

    def test_for_a_realm_that_is_right_is_to_do_nothing(self) -> None:
        plan = RealmPlan("example", self.file, self.realm, changes=())

        assert not plan.something_to_do

    @pytest.mark.parametrize(("found", "exists"), [(realm, True), (None, False)], ids=["found", "not found"])
    def test_knows_whether_the_realm_exists(self, found: RealmSettings | None, exists: bool) -> None:
        assert RealmPlan("example", self.file, found, changes=()).exists is exists
