"""What the Terraform provider `keycloak/keycloak` does to an enforced realm; docs/other-tools.md tells it.

The provider comes from no package index. So these tests run where KC2FA_TERRAFORM_PROVIDER names the program
`terraform-provider-keycloak`, and `terraform` or `tofu` is installed.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.other_tools.enforced import Enforced
from tests.server import Keycloak

PROVIDER = os.environ.get("KC2FA_TERRAFORM_PROVIDER", "")
PROGRAM = shutil.which("terraform") or shutil.which("tofu")

pytestmark = pytest.mark.skipif(
    not (PROVIDER and PROGRAM), reason="KC2FA_TERRAFORM_PROVIDER names no provider, or terraform is not installed"
)

Terraform = Callable[..., None]

USER = """
resource "keycloak_user" "alice" {{
  realm_id   = "{realm}"
  username   = "alice"
  email      = "alice@example.org"
  first_name = "Alice"
  last_name  = "After"
  {more}
}}
"""
REALM = """
resource "keycloak_realm" "realm" {{
  realm        = "{realm}"
  enabled      = true
  display_name = "After"
  {more}
}}
"""
ACTION = """
resource "keycloak_required_action" "totp" {{
  realm_id = "{realm}"
  alias    = "CONFIGURE_TOTP"
  name     = "Configure OTP"
  enabled  = true
  {more}
}}
"""
BINDINGS = """
resource "keycloak_authentication_bindings" "flows" {{
  realm_id     = "{realm}"
  browser_flow = "{more}"
}}
"""


@pytest.fixture
def terraform(keycloak: Keycloak, tmp_path: Path) -> Terraform:
    """Takes what exists into Terraform's state, where it is given as address and id, then applies the text."""
    (tmp_path / "cli.tfrc").write_text(
        f'provider_installation {{\n  dev_overrides {{ "keycloak/keycloak" = "{Path(PROVIDER).parent}" }}\n}}\n'
    )
    head = 'terraform {\n  required_providers { keycloak = { source = "keycloak/keycloak" } }\n}\n'
    environment = os.environ | {
        "TF_CLI_CONFIG_FILE": str(tmp_path / "cli.tfrc"),
        "CHECKPOINT_DISABLE": "1",
        "KEYCLOAK_URL": keycloak.url,
        "KEYCLOAK_CLIENT_ID": "admin-cli",
        "KEYCLOAK_USER": keycloak.username,
        "KEYCLOAK_PASSWORD": keycloak.password,
    }

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [str(PROGRAM), *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def apply(text: str, *imported: str) -> None:
        (tmp_path / "main.tf").write_text(head + text)
        if imported:
            run("import", "-input=false", *imported)
        run("apply", "-auto-approve", "-input=false")

    return apply


def alice(enforced: Enforced) -> tuple[str, str]:
    return "keycloak_user.alice", f"{enforced.name}/{enforced.realm.user('alice')['id']}"


def test_a_user_whom_it_changes_keeps_what_is_due(terraform: Terraform, enforced: Enforced) -> None:
    terraform(USER.format(realm=enforced.name, more=""), *alice(enforced))
    assert enforced.realm.user("alice")["lastName"] == "After"
    assert enforced.new_findings() == set()


def test_a_user_whose_required_actions_are_others_loses_it(terraform: Terraform, enforced: Enforced) -> None:
    others = 'required_actions = ["UPDATE_PASSWORD"]'
    terraform(USER.format(realm=enforced.name, more=others), *alice(enforced))
    assert enforced.new_findings() == {"uncovered-users"}


def test_a_user_whose_required_actions_are_ignored_keeps_them(terraform: Terraform, enforced: Enforced) -> None:
    ignored = "lifecycle { ignore_changes = [required_actions] }"
    terraform(USER.format(realm=enforced.name, more=ignored), *alice(enforced))
    assert enforced.realm.user("alice")["lastName"] == "After"
    assert enforced.new_findings() == set()


def test_a_required_action_is_no_default_unless_it_says_so(terraform: Terraform, enforced: Enforced) -> None:
    terraform(
        ACTION.format(realm=enforced.name, more=""), "keycloak_required_action.totp", f"{enforced.name}/CONFIGURE_TOTP"
    )
    assert enforced.new_findings() == {"default-action-off"}


def test_a_required_action_that_is_default_stays(terraform: Terraform, enforced: Enforced) -> None:
    more = "default_action = true"
    terraform(
        ACTION.format(realm=enforced.name, more=more),
        "keycloak_required_action.totp",
        f"{enforced.name}/CONFIGURE_TOTP",
    )
    assert enforced.new_findings() == set()


def test_an_otp_policy_is_set_as_it_says(terraform: Terraform, enforced: Enforced) -> None:
    terraform(
        REALM.format(realm=enforced.name, more="otp_policy {\n    digits = 8\n  }"),
        "keycloak_realm.realm",
        enforced.name,
    )
    assert enforced.new_findings() == {"otp-policy-drift"}


def test_a_realm_without_an_otp_policy_keeps_it(terraform: Terraform, enforced: Enforced) -> None:
    terraform(REALM.format(realm=enforced.name, more=""), "keycloak_realm.realm", enforced.name)
    assert enforced.realm.representation()["displayName"] == "After"
    assert (enforced.new_findings(), enforced.state()) == (set(), "ON")


def test_a_realm_without_a_flow_keeps_the_hardened_one(terraform: Terraform, hardened: Enforced) -> None:
    terraform(REALM.format(realm=hardened.name, more=""), "keycloak_realm.realm", hardened.name)
    assert hardened.new_findings() == set()


def test_flows_that_it_binds_take_the_hardened_ones_place(terraform: Terraform, hardened: Enforced) -> None:
    terraform(BINDINGS.format(realm=hardened.name, more="browser"))
    # Those that it does not name go back to Keycloak's own: here the direct grant flow.
    assert hardened.new_findings() == {"flow-conditional", "direct-grant-clients"}
