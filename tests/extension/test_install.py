"""`kc2fa extension install`, into a Keycloak as its archive unpacks."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from tests.integration.command import COMMAND, Run, environment_for

from embedded_keycloak.distribution import VERSION, archive
from embedded_keycloak.java import java_home
from embedded_keycloak.server import EmbeddedKeycloak, default_cache
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.slow

NAME = "keycloak-2fa-extension.jar"


@pytest.fixture(scope="session")
def keycloak_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(VERSION, default_cache(), tmp_path_factory.mktemp("archive"))


@pytest.fixture
def home(keycloak_archive: Path, tmp_path: Path) -> Path:
    """A Keycloak's folder, without the libraries, which nobody looks at here."""
    with zipfile.ZipFile(keycloak_archive) as content:
        content.extractall(tmp_path, [name for name in content.namelist() if "/lib/lib/" not in name])
    [home] = tmp_path.iterdir()
    return home


@pytest.fixture(autouse=True)
def _built(jar: Path) -> None:
    """The jar is where the package carries it."""


def install(home: Path, *flags: str) -> Run:
    argv = [*COMMAND, "extension", "install", str(home), *flags]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    return Run(done.returncode, done.stdout, done.stderr)


def test_the_jar_that_was_built_is_in_its_place(home: Path, jar: Path) -> None:
    run = install(home, "--json")
    there = home / "providers" / NAME
    assert run.exit == 0
    assert run.document["command"] == "extension install"
    assert run.data == {
        "keycloak_home": str(home),
        "keycloak_version": VERSION,
        "jar": str(there),
        "outcome": "installed",
        "next": run.data["next"],
    }
    assert there.read_bytes() == jar.read_bytes()


def test_a_jar_that_is_named_is_taken(home: Path, jar: Path) -> None:
    run = install(home, "--jar", str(jar), "--json")
    assert (run.exit, run.data["outcome"]) == (0, "installed")
    assert (home / "providers" / NAME).read_bytes() == jar.read_bytes()


def test_a_jar_that_cannot_be_read_is_refused(home: Path, tmp_path: Path) -> None:
    run = install(home, "--jar", str(tmp_path / "none.jar"), "--json")
    assert (run.exit, run.error["code"]) == (2, "bad-file")
    assert not (home / "providers" / NAME).exists()


def test_whoever_runs_keycloak_can_read_it(home: Path) -> None:
    install(home)
    assert (home / "providers" / NAME).stat().st_mode & 0o777 == 0o644


def test_nothing_else_is_left_in_the_folder(home: Path) -> None:
    before = {path.name for path in (home / "providers").iterdir()}
    install(home)
    assert {path.name for path in (home / "providers").iterdir()} == before | {NAME}


def test_it_says_what_to_run_next(home: Path) -> None:
    said = install(home).stdout
    assert f"{home}/bin/kc.sh build" in said
    assert "start-dev" in said


def test_an_older_jar_is_replaced(home: Path, jar: Path) -> None:
    there = home / "providers" / NAME
    there.write_bytes(b"an older one")
    assert install(home, "--json").data["outcome"] == "replaced"
    assert there.read_bytes() == jar.read_bytes()


def test_the_same_jar_is_not_written_again(home: Path) -> None:
    install(home)
    written = (home / "providers" / NAME).stat()
    assert install(home, "--json").data["outcome"] == "unchanged"
    assert (home / "providers" / NAME).stat().st_ino == written.st_ino


def test_a_link_to_a_keycloak_will_do(home: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(home)
    assert install(link, "--json").data["outcome"] == "installed"
    assert (home / "providers" / NAME).exists()


def test_a_newer_keycloak_gets_a_warning(home: Path) -> None:
    (home / "version.txt").write_text("Keycloak - Version 26.8.0\n")
    run = install(home, "--json")
    assert (run.exit, run.data["outcome"]) == (0, "installed")
    assert "26.8.0" in run.warned[WarningCode.KEYCLOAK_NOT_TRIED]


def test_an_older_keycloak_is_refused(home: Path) -> None:
    (home / "version.txt").write_text("Keycloak - Version 26.3.5\n")
    run = install(home, "--json")
    assert (run.exit, run.error["code"]) == (6, "unsupported-keycloak")
    assert not (home / "providers" / NAME).exists()


@pytest.mark.parametrize("what", ["nothing", "empty folder", "file", "bytes for a version"])
def test_what_is_no_keycloak_is_wrong_usage(home: Path, tmp_path: Path, what: str) -> None:
    other = tmp_path / "other"
    match what:
        case "empty folder":
            other.mkdir()
        case "file":
            other.write_text("")
        case "bytes for a version":
            other = home
            (home / "version.txt").write_bytes(b"\xff\xfe")
    run = install(other, "--json")
    assert (run.exit, run.error["code"]) == (2, "not-a-keycloak-home")


def test_a_folder_that_cannot_be_written_is_named(home: Path) -> None:
    # Given a file where the folder should be: root, too, can write nothing into it
    providers = home / "providers"
    for path in providers.iterdir():
        path.unlink()
    providers.rmdir()
    providers.write_text("")
    run = install(home, "--json")
    assert (run.exit, run.error["code"]) == (2, "unwritable-output")
    assert str(providers / NAME) in run.error["message"]


def test_without_a_folder_it_is_wrong_usage() -> None:
    done = subprocess.run([*COMMAND, "extension", "install", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "usage"


def test_a_server_has_it_after_what_is_said_to_be_next(jar: Path) -> None:
    # Given a server without it
    with EmbeddedKeycloak() as server:
        admin = {"KC2FA_USERNAME": server.username, "KC2FA_PASSWORD": server.password, "KC2FA_REALM": "master"}
        status = [*COMMAND, "status", "--json"]
        environment = environment_for(server, None, **admin)
        # When it is installed, and what is next is done: a build with the server's build options, and a restart
        server.stop_server()
        assert install(server.home).exit == 0
        build = [server.home / "bin" / "kc.sh", "build", "--db=dev-file", "--health-enabled=true"]
        subprocess.run(build, env=os.environ | {"JAVA_HOME": str(java_home())}, check=True, capture_output=True)
        server.start_server()
        # Then the command finds it
        done = subprocess.run(status, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert json.loads(done.stdout)["data"]["engine"] == "extension"
