"""A disk that takes no more of `--output`: it is said, and what was there before stays."""

import errno
import json
import os
import resource
import subprocess
from pathlib import Path

import pytest
from tests.integration.command import COMMAND, environment_for
from tests.integration.realms import MakeRealm, Realm, people
from tests.server import Keycloak

pytestmark = pytest.mark.slow

MANY = 400
ROOM = 10_000
"""Bytes that a file may grow to: less than the people need, and more than what is buffered at once."""


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(*people(MANY))


def no_room() -> None:
    # The system then refuses the next byte of a file, as it does on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


@pytest.mark.parametrize(
    ("command", "ending"), [("preview", "csv"), ("preview", "json"), ("report", "csv"), ("report", "html")]
)
def test_what_was_there_stays(keycloak: Keycloak, realm: Realm, tmp_path: Path, command: str, ending: str) -> None:
    # Given a file of yesterday, and a disk that is nearly full
    file = tmp_path / f"people.{ending}"
    file.write_text("yesterday")
    # When
    done = subprocess.run(
        [*COMMAND, command, "--json", "--output", str(file)],
        env=environment_for(keycloak, realm),
        preexec_fn=no_room,
        capture_output=True,
        text=True,
        check=False,
    )
    # Then it is said, yesterday's is still there, and nothing else
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], "Traceback" in done.stderr) == (2, "unwritable-output", False), done
    assert all(each in error["message"] for each in (str(file), os.strerror(errno.EFBIG)))
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [(file.name, "yesterday")]
