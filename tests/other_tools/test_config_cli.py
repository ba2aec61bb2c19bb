"""What keycloak-config-cli does to an enforced realm; docs/other-tools.md tells it.

It comes from no package index. So these tests run where KC2FA_CONFIG_CLI_JAR names its jar.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.other_tools.enforced import Enforced
from tests.server import Keycloak

from embedded_keycloak.java import java_home
from keycloak_2fa.realm.enforcement_state import ROLE

JAR = os.environ.get("KC2FA_CONFIG_CLI_JAR", "")

pytestmark = pytest.mark.skipif(not JAR, reason="KC2FA_CONFIG_CLI_JAR names no jar of keycloak-config-cli")

ConfigCli = Callable[..., None]

TOTP = {"alias": "CONFIGURE_TOTP", "providerId": "CONFIGURE_TOTP", "name": "Configure OTP", "enabled": True}
TERMS = {"alias": "TERMS_AND_CONDITIONS", "providerId": "TERMS_AND_CONDITIONS", "name": "Terms", "enabled": False}
NAMED = {"username": "alice", "email": "alice@example.org", "firstName": "Alice", "lastName": "After"}
POLICY = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 8, "otpPolicyPeriod": 30}
EVERYTHING = "--import.remote-state.enabled=false"


@pytest.fixture
def config_cli(keycloak: Keycloak, tmp_path: Path) -> ConfigCli:
    """Imports a file into a realm: what stands in it, and the settings of the import."""

    def run(enforced: Enforced, *settings: str, **content: Any) -> None:
        file = tmp_path / "realm.json"
        file.write_text(json.dumps({"realm": enforced.name} | content))
        login = {"KEYCLOAK_URL": keycloak.url, "KEYCLOAK_USER": keycloak.username}
        done = subprocess.run(
            [java_home() / "bin" / "java", "-jar", JAR, f"--import.files.locations={file}", *settings],
            env=os.environ | login | {"KEYCLOAK_PASSWORD": keycloak.password, "IMPORT_CACHE_ENABLED": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    return run


def test_a_user_with_no_required_actions_in_the_file_keeps_them(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, users=[NAMED])
    assert enforced.realm.user("alice")["lastName"] == "After"
    assert enforced.new_findings() == set()


def test_a_user_with_an_empty_list_in_the_file_loses_them(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, users=[NAMED | {"requiredActions": []}])
    assert enforced.new_findings() == {"uncovered-users"}


def test_a_required_action_is_set_as_the_file_says(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, requiredActions=[TOTP | {"defaultAction": False}])
    assert enforced.new_findings() == {"default-action-off"}


def test_a_required_action_that_is_not_in_the_file_stays(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, requiredActions=[TERMS])
    assert enforced.new_findings() == set()


def test_without_its_memory_it_removes_required_actions(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, EVERYTHING, requiredActions=[TERMS])
    assert "totp-action-off" in enforced.new_findings()


def test_it_can_be_told_to_remove_none(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, EVERYTHING, "--import.managed.required-action=no-delete", requiredActions=[TERMS])
    assert enforced.new_findings() == set()


def test_roles_that_are_not_in_the_file_stay(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, roles={"realm": [{"name": "reader"}]})
    assert (enforced.realm.has_mark(), enforced.state()) == (True, "ON")


def test_without_its_memory_it_removes_the_role_that_says_on(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, EVERYTHING, roles={"realm": [{"name": "reader"}]})
    assert (enforced.realm.has_mark(), enforced.state()) == (False, "OFF")


def test_it_can_be_told_to_remove_no_role(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, EVERYTHING, "--import.managed.role=no-delete", roles={"realm": [{"name": "reader"}]})
    assert ROLE in {role["name"] for role in enforced.realm.get("roles")}
    assert enforced.state() == "ON"


def test_the_otp_policy_is_set_as_the_file_says(config_cli: ConfigCli, enforced: Enforced) -> None:
    config_cli(enforced, **POLICY)
    assert enforced.new_findings() == {"otp-policy-drift"}


def test_a_file_that_says_nothing_of_otp_changes_nothing(config_cli: ConfigCli, hardened: Enforced) -> None:
    config_cli(hardened, displayName="After")
    assert hardened.realm.representation()["displayName"] == "After"
    assert (hardened.new_findings(), hardened.state()) == (set(), "ON")


def test_a_flow_that_the_file_binds_takes_the_hardened_ones_place(config_cli: ConfigCli, hardened: Enforced) -> None:
    config_cli(hardened, browserFlow="browser")
    assert hardened.new_findings() == {"flow-conditional"}
