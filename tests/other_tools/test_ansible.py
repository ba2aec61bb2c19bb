"""What the modules `community.general.keycloak_*` of Ansible do to an enforced realm; docs/other-tools.md tells it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.other_tools.enforced import Enforced
from tests.server import Keycloak

pytestmark = pytest.mark.slow

LOCK = Path(__file__).parents[2] / "requirements" / "ansible.txt"

Ansible = Callable[..., None]


@pytest.fixture(scope="module")
def ansible(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    """Runs one module, as the admin of the master realm: its name, then its arguments."""
    home = tmp_path_factory.mktemp("ansible")
    uv = Path(sys.executable).with_name("uv")
    _run(uv, "venv", "--quiet", "--python", sys.executable, home / "venv")
    python = home / "venv" / "bin" / "python"
    _run(uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "--requirement", LOCK)
    login = {
        "auth_keycloak_url": keycloak.url,
        "auth_realm": "master",
        "auth_username": keycloak.username,
        "auth_password": keycloak.password,
    }

    def module(name: str, **arguments: Any) -> None:
        task = {"name": name, f"community.general.{name}": arguments | login}
        host = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        play = [host | {"vars": {"ansible_python_interpreter": str(python)}, "tasks": [task]}]
        book = home / "playbook.json"
        book.write_text(json.dumps(play))
        _run(
            python.with_name("ansible-playbook"),
            "--inventory",
            "localhost,",
            book,
            ANSIBLE_HOME=str(home),
            LC_ALL="C.UTF-8",
        )

    return module


def _run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_user_whom_it_changes_loses_what_is_due(ansible: Ansible, enforced: Enforced) -> None:
    ansible("keycloak_user", realm=enforced.name, username="alice", last_name="After")
    assert enforced.new_findings() == {"uncovered-users"}


def test_a_user_whose_required_actions_are_written_down_keeps_them(ansible: Ansible, enforced: Enforced) -> None:
    due = ["CONFIGURE_TOTP"]
    ansible("keycloak_user", realm=enforced.name, username="alice", last_name="After", required_actions=due)
    assert enforced.new_findings() == set()


def test_a_required_action_is_set_as_the_task_says(ansible: Ansible, enforced: Enforced) -> None:
    action = {"alias": "CONFIGURE_TOTP", "defaultAction": False}
    where = {"realm": enforced.name, "state": "present"}
    ansible("keycloak_authentication_required_actions", required_actions=[action], **where)
    assert enforced.new_findings() == {"default-action-off"}


def test_what_the_task_leaves_out_of_a_required_action_stays(ansible: Ansible, enforced: Enforced) -> None:
    action = {"alias": "CONFIGURE_TOTP", "priority": 15}
    where = {"realm": enforced.name, "state": "present"}
    ansible("keycloak_authentication_required_actions", required_actions=[action], **where)
    assert enforced.new_findings() == set()


def test_the_otp_policy_is_set_as_the_task_says(ansible: Ansible, enforced: Enforced) -> None:
    ansible("keycloak_realm", realm=enforced.name, id=enforced.name, otp_policy_digits=8)
    assert enforced.new_findings() == {"otp-policy-drift"}


def test_a_realm_whose_task_says_nothing_of_otp_stays_as_it_was(ansible: Ansible, enforced: Enforced) -> None:
    ansible("keycloak_realm", realm=enforced.name, id=enforced.name, display_name="After", enabled=True)
    assert enforced.realm.representation()["displayName"] == "After"
    assert (enforced.new_findings(), enforced.state()) == (set(), "ON")


def test_a_flow_that_the_task_binds_takes_the_hardened_ones_place(ansible: Ansible, hardened: Enforced) -> None:
    ansible("keycloak_realm", realm=hardened.name, id=hardened.name, browser_flow="browser")
    assert hardened.new_findings() == {"flow-conditional"}


def test_a_task_that_binds_the_hardened_flow_changes_nothing(ansible: Ansible, hardened: Enforced) -> None:
    bound = hardened.realm.representation()["browserFlow"]
    ansible("keycloak_realm", realm=hardened.name, id=hardened.name, browser_flow=bound)
    assert hardened.new_findings() == set()
