"""Ctrl-C and SIGTERM wherever the command is: it ends at once and says so, and the next run finishes."""

import json
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, environment_for
from tests.integration.faults import proxy
from tests.integration.realms import MakeRealm, Realm, people
from tests.server import Keycloak

pytestmark = pytest.mark.slow

PEOPLE = 30
STAGES = {
    "the login": ("POST", "/openid-connect/token"),
    "what it may do": ("GET", "/admin/serverinfo"),
    "the claim": ("POST", "/roles"),
    "the realm's settings": ("PUT", "/authentication/required-actions/CONFIGURE_TOTP"),
    "the reading": ("GET", "/users"),
    "the marking": ("PUT", "/users/"),
    "the end of all sessions": ("POST", "/logout-all"),
}
"""The first request of each, in the order of `enforce`."""


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(*people(PEOPLE))


def stopped_at(
    stage: str, how: signal.Signals, keycloak: Keycloak, realm: Realm, *arguments: str
) -> tuple[int, str, str]:
    """What a run comes to that is stopped while a request of this stage is under way; which is through by then."""
    method, part = STAGES[stage]
    there, left = threading.Event(), [True]

    def wait(request: Any) -> None:
        if left and request.method == method and part in request.path:
            left.clear()
            there.set()
            time.sleep(1)

    with proxy(keycloak.url) as between:
        between.before = wait
        run = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment_for(keycloak, realm, KC2FA_SERVER_URL=between.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert there.wait(60), run.communicate(timeout=60)
        run.send_signal(how)
        output, errors = run.communicate(timeout=30)
    return run.returncode, output, errors


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=str)
@pytest.mark.parametrize("stage", STAGES)
def test_enforce(realm: Realm, keycloak: Keycloak, kc2fa: Kc2fa, stage: str, how: signal.Signals) -> None:
    # Given a run that is stopped there
    code, output, errors = stopped_at(stage, how, keycloak, realm, "enforce", "--json", "--sign-out", *CONFIRM)
    # Then it says so, in one document
    assert (code, json.loads(output)["error"]["code"], "Traceback" in errors) == (130, "interrupted", False), errors
    # And the next run finishes: everybody is covered, and was written once
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (again.exit, again.data["state"], again.data["failures"]) == (0, "ON", []), again
    writes = realm.user_writes()
    assert (len(realm.marked()), set(writes.values())) == (PEOPLE, {1})


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=str)
@pytest.mark.parametrize("command", ["preview", "report"])
def test_a_file_that_is_being_written(
    realm: Realm, keycloak: Keycloak, tmp_path: Path, command: str, how: signal.Signals
) -> None:
    # Given a file of yesterday
    file = tmp_path / "people.csv"
    file.write_text("yesterday")
    # When today's is stopped in the middle
    code, _, errors = stopped_at("the reading", how, keycloak, realm, command, "--json", "--output", str(file))
    # Then yesterday's is still there, and nothing else
    assert (code, "Traceback" in errors) == (130, False), errors
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("people.csv", "yesterday")]
