"""The embedded Keycloak starts, answers, and always ends. Needs a Java, and once a minute to be prepared."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from embedded_keycloak import EmbeddedKeycloak, default_cache, errors
from embedded_keycloak.home import KeycloakHome, start_arguments
from embedded_keycloak.java import java_home
from embedded_keycloak.ports import free_ports
from embedded_keycloak.template import TemplateSpec, prepare
from embedded_keycloak.workspace import Workspace


def log_in(keycloak: EmbeddedKeycloak) -> requests.Response:
    return requests.post(
        f"{keycloak.url}/realms/master/protocol/openid-connect/token",
        {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": keycloak.username,
            "password": keycloak.password,
        },
        timeout=30,
    )


def add_realm(keycloak: EmbeddedKeycloak, name: str) -> None:
    token = log_in(keycloak).json()["access_token"]
    requests.post(
        f"{keycloak.url}/admin/realms",
        json={"realm": name},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).raise_for_status()


def has_realm(keycloak: EmbeddedKeycloak, name: str) -> bool:
    return requests.get(f"{keycloak.url}/realms/{name}", timeout=30).ok


def processes_in(folder: Path) -> list[str]:
    """Command lines of the processes that name the folder."""
    found = subprocess.run(["ps", "-eww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if str(folder) in line]


def soon(fact: Callable[[], bool], seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        time.sleep(0.1)
    return fact()


@pytest.fixture(scope="class")
def told() -> list[str]:
    return []


@pytest.fixture(scope="class")
def keycloak(told: list[str]) -> Iterator[EmbeddedKeycloak]:
    with EmbeddedKeycloak(on_step=told.append) as keycloak:
        yield keycloak


class TestRunning:
    """One server for all of these; it has ended before the next test starts another."""

    def test_its_admin_can_log_in(self, keycloak: EmbeddedKeycloak) -> None:
        assert log_in(keycloak).status_code == 200

    def test_it_listens_on_this_machine_only(self, keycloak: EmbeddedKeycloak) -> None:
        outside = socket.gethostbyname(socket.gethostname())
        if outside.startswith("127."):
            outside = "127.0.0.2"  # all of 127/8 is this machine, but only what listens everywhere answers there

        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((outside, keycloak.port), timeout=5)

    def test_its_password_is_in_no_command_line_and_no_log(self, keycloak: EmbeddedKeycloak) -> None:
        seen = subprocess.run(["ps", "-eww", "-o", "args="], capture_output=True, text=True, check=True).stdout

        assert keycloak.password not in seen
        assert keycloak.password not in keycloak.log.read_text()

    def test_the_reader_is_told_what_it_waits_for(self, keycloak: EmbeddedKeycloak, told: list[str]) -> None:
        assert keycloak.version in told[-1]

    def test_its_password_can_be_read_by_its_owner_only(self, keycloak: EmbeddedKeycloak) -> None:
        template = prepare(TemplateSpec(), default_cache(), java_home(), lambda _: None)

        assert template.password == keycloak.password
        assert (template.home.parent / "admin-password").stat().st_mode & 0o777 == 0o600
        assert template.home.parent.stat().st_mode & 0o777 == 0o700

    @pytest.mark.slow
    def test_its_data_survive_a_crash_and_a_new_start(self, keycloak: EmbeddedKeycloak) -> None:
        url = keycloak.url
        add_realm(keycloak, "before-the-crash")
        time.sleep(2)  # H2 writes to the disk a second after a commit at the latest

        keycloak.kill_server()
        with pytest.raises(requests.ConnectionError):
            has_realm(keycloak, "before-the-crash")
        keycloak.start_server()

        assert has_realm(keycloak, "before-the-crash")
        assert keycloak.url == url


# --- the end


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What would tell that a file was written to."""
    found = {str(path): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


@pytest.mark.slow
def test_a_server_uses_the_template_writes_nothing_to_it_and_leaves_nothing(tmp_path: Path) -> None:
    template = prepare(TemplateSpec(), default_cache(), java_home(), lambda _: None)
    written = stamps(template.home)

    with EmbeddedKeycloak(log=tmp_path / "kept.log") as keycloak:
        add_realm(keycloak, "not-for-others")
        keycloak.stop_server()
        with pytest.raises(requests.ConnectionError):
            log_in(keycloak)

    assert stamps(template.home) == written
    assert not keycloak.home.parent.exists()
    assert not processes_in(keycloak.home)
    assert "Listening on" in (tmp_path / "kept.log").read_text()


OWNER = """
import os, sys, time
from embedded_keycloak import EmbeddedKeycloak
with EmbeddedKeycloak() as keycloak:
    print(keycloak.home, keycloak.port, flush=True)
    if os.fork() == 0:
        time.sleep(60)  # a fork holds all that we hold, and must not hold up the end
        os._exit(0)
    time.sleep(600)
"""


@pytest.mark.slow
def test_kill_9_of_our_process_ends_the_server_and_removes_its_copy() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as owner:
        assert owner.stdout is not None
        home, port = owner.stdout.readline().split()
        running = processes_in(Path(home))
        requests.get(f"http://127.0.0.1:{port}/realms/master", timeout=30).raise_for_status()

        owner.kill()

        ended = soon(lambda: not processes_in(Path(home)))
        removed = soon(lambda: not Path(home).parent.exists())
        os.killpg(owner.pid, signal.SIGKILL)  # the fork
        assert [line for line in running if "java" in line]
        assert ended
        assert removed


# --- what can go wrong


def test_a_taken_port_is_told_at_once_and_by_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(errors.PortTakenError, match=rf"\b{port}\b"):
            EmbeddedKeycloak(port=port).start()


def test_a_failed_start_shows_the_servers_last_log_lines_and_leaves_nothing() -> None:
    keycloak = EmbeddedKeycloak(server_args=["--no-such-option"])

    with pytest.raises(errors.StartFailedError, match="Unknown option: '--no-such-option'"):
        keycloak.start()

    assert not keycloak.home.parent.exists()


def test_a_java_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "bin" / "java", "echo 'openjdk version \"11.0.2\"' >&2")
    monkeypatch.setenv("KC2FA_JAVA_HOME", str(tmp_path))

    with pytest.raises(errors.NoJavaError, match="version 11") as raised:
        EmbeddedKeycloak().start()

    assert "keycloak-2fa[demo]" in raised.value.hint


def test_a_home_of_another_version_than_asked_for_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "bin" / "kc.sh", "exit 1")
    (tmp_path / "version.txt").write_text("Keycloak - Version 26.4.0")
    monkeypatch.setenv("KC2FA_KEYCLOAK_HOME", str(tmp_path))

    with pytest.raises(errors.BadDistributionError, match=r"26\.4\.0.*26\.7\.5"):
        EmbeddedKeycloak("26.7.5").start()


def test_a_provider_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.BadProviderError, match=r"nowhere\.jar"):
        EmbeddedKeycloak(providers=[tmp_path / "nowhere.jar"]).start()


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = tmp_path / "file" / "cache"

    with pytest.raises(errors.EmbeddedKeycloakError, match=re.escape(str(cache))) as raised:
        EmbeddedKeycloak(cache=cache).start()

    assert raised.value.code == "embedded"


def test_a_template_that_fails_to_build_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "home" / "bin" / "kc.sh", "echo no build today; exit 3")
    (tmp_path / "home" / "version.txt").write_text("Keycloak - Version 26.7.5")
    (tmp_path / "home" / "providers").mkdir()
    monkeypatch.setenv("KC2FA_KEYCLOAK_HOME", str(tmp_path / "home"))

    for _ in range(2):
        with pytest.raises(errors.StartFailedError, match="no build today"):
            EmbeddedKeycloak(cache=tmp_path / "cache").start()

    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".lock"}


# --- what a real Keycloak does not do on demand: a script in its place


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def pretender(folder: Path, text: str) -> KeycloakHome:
    script(folder / "bin" / "kc.sh", text)
    return KeycloakHome(folder, "26.7.5", Path("/nowhere"), (), folder / "log")


def test_a_server_that_is_not_ready_in_time_is_killed_and_shows_its_log(tmp_path: Path) -> None:
    slow = pretender(tmp_path / "home", "trap '' TERM; echo thinking; while :; do sleep 1; done")

    with Workspace(tmp_path) as workspace, pytest.raises(errors.StartFailedError) as raised:
        slow.start(workspace, (free_ports(1)[0], free_ports(1)[0]), [], timeout=1)

    assert "not ready after 1 s" in raised.value.message
    assert "thinking" in raised.value.message
    assert not processes_in(tmp_path / "home")


def test_a_port_that_is_taken_while_it_starts_is_named(tmp_path: Path) -> None:
    late = pretender(tmp_path / "home", "echo 'java.net.BindException: Address already in use'; exit 1")
    ports = free_ports(2)

    with Workspace(tmp_path) as workspace, pytest.raises(errors.PortTakenError, match=rf"\b{ports[0]}\b"):
        late.start(workspace, (ports[0], ports[1]), [], timeout=30)


def test_only_the_last_twenty_log_lines_are_shown(tmp_path: Path) -> None:
    talker = pretender(tmp_path / "home", "seq -f 'line %g' 1 100; exit 1")

    with Workspace(tmp_path) as workspace, pytest.raises(errors.StartFailedError) as raised:
        talker.start(workspace, (free_ports(1)[0], free_ports(1)[0]), [], timeout=30)

    assert raised.value.message.splitlines()[1:] == [f"line {n}" for n in range(81, 101)]


def test_the_callers_settings_of_another_keycloak_do_not_reach_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("KC_DB", "KEYCLOAK_ADMIN", "QUARKUS_LOG_LEVEL", "JAVA_OPTS_APPEND", "KC2FA_PASSWORD"):
        monkeypatch.setenv(name, "from-outside")
    teller = pretender(tmp_path / "home", "env; exit 1")

    with Workspace(tmp_path) as workspace, pytest.raises(errors.StartFailedError):
        teller.start(workspace, (free_ports(1)[0], free_ports(1)[0]), [], timeout=30)

    assert "from-outside" not in teller.log.read_text()


def test_older_keycloaks_are_not_given_an_option_that_they_do_not_know() -> None:
    newer, older = start_arguments("26.7.0", 1, 2), start_arguments("26.4.7", 1, 2)

    assert set(newer) - set(older) == {"--server-async-bootstrap=false"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_guardian_that_is_told_to_end_ends_the_server_too(tmp_path: Path, number: signal.Signals) -> None:
    workspace = Workspace(tmp_path)
    workspace.run([script(tmp_path / "sleeper", "sleep 600")], dict(os.environ), tmp_path / "log")

    workspace._guardian.send_signal(number)

    assert soon(lambda: not processes_in(tmp_path / "sleeper"), 10)
    assert soon(lambda: not workspace.path.exists(), 10)
    workspace.close()


def test_a_server_whose_guardian_is_killed_ends_with_the_workspace(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.run([script(tmp_path / "sleeper", "sleep 600")], dict(os.environ), tmp_path / "log")
    workspace._guardian.kill()
    workspace._guardian.wait()

    with pytest.raises(errors.EmbeddedKeycloakError) as raised:
        workspace.poll()
    workspace.close()

    assert raised.value.code == "embedded"
    assert soon(lambda: not processes_in(tmp_path / "sleeper"), 10)
    assert not workspace.path.exists()


def test_folders_of_dead_runs_are_swept_and_those_of_living_ones_kept(tmp_path: Path) -> None:
    (tmp_path / "run-dead" / "keycloak").mkdir(parents=True)

    with Workspace(tmp_path) as living, Workspace(tmp_path) as second:
        left = set(tmp_path.glob("run-*"))

    assert left == {living.path, second.path}
    assert not list(tmp_path.glob("run-*"))
