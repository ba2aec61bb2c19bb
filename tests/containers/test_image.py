"""The image of the command, run as deploy/kubernetes runs it, against the server of docker-compose.yml."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from docker import DockerClient
from keycloak import KeycloakAdmin
from tests.containers.compose import ROOT, Stack
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, person, service_account

pytestmark = pytest.mark.timeout(600)

TAG = "kc2fa:test"
LARGEST_MB = 150
HARDENED = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=256m"]
"""What the manifests' security contexts and limits say, in Docker's words."""

Run = subprocess.CompletedProcess[str]
InContainer = Callable[..., Run]


@pytest.fixture(scope="module")
def image(docker: DockerClient) -> str:
    docker.images.build(path=str(ROOT), tag=TAG, rm=True)
    return TAG


@pytest.fixture(scope="module")
def realm(stack: Stack) -> str:
    """A realm with two people and a service account."""
    admin = KeycloakAdmin(
        server_url=stack.url, username=stack.username, password=stack.password, user_realm_name="master"
    )
    client, account = service_account(ENFORCER, "manage-realm", "manage-users")
    people = [person("alice"), person("bob"), account]
    admin.create_realm({"realm": "image", "enabled": True, "clients": [client], "users": people})
    return "image"


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    """The volume for figures, which the pod's group may write to."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def in_container(image: str, stack: Stack, realm: str, tmp_path: Path, metrics: Path) -> InContainer:
    """Runs the image with these arguments of the command, its secret in a file that is mounted."""
    secret = tmp_path / "client-secret"
    secret.write_text(ENFORCER_SECRET)
    settings = {"SERVER_URL": "http://keycloak:8080", "REALM": realm, "CLIENT_ID": ENFORCER}
    environment = [f"--env=KC2FA_{name}={value}" for name, value in settings.items()]
    mounts = [f"--volume={secret}:/run/secrets/kc2fa/client-secret:ro", f"--volume={metrics}:/metrics"]
    docker_run = ["docker", "run", "--rm", f"--network={stack.network}", *mounts, *HARDENED, *environment, image]

    def run(*arguments: str) -> Run:
        return subprocess.run(
            [*docker_run, "--allow-http", *arguments], capture_output=True, text=True, check=False, timeout=120
        )

    return run


def arguments_of(manifest: str) -> list[str]:
    """What the manifest's container runs the command with."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "kubernetes" / manifest).read_text())
    spec = found["spec"].get("jobTemplate", found)["spec"]
    pod = spec["template"]["spec"]
    [container] = pod.get("initContainers") or pod["containers"]
    return list(container["args"])


@pytest.mark.slow
def test_the_jobs_of_the_manifests_do_what_they_say(in_container: InContainer) -> None:
    preview = in_container(*arguments_of("base/preview.yaml"))
    assert (preview.returncode, json.loads(preview.stdout)["data"]["users"]["to_mark"]) == (0, 2), preview
    enforce = in_container(*arguments_of("enforce/enforce.yaml"))
    assert (enforce.returncode, json.loads(enforce.stdout)["data"]["users"]["marked"]) == (0, 2), enforce
    status = in_container(*arguments_of("base/status.yaml"))
    assert (status.returncode, json.loads(status.stdout)["data"]["state"]) == (0, "ON"), status
    verify = in_container(*arguments_of("base/verify.yaml"))
    assert (verify.returncode, json.loads(verify.stdout)["data"]["state"]) == (7, "ON"), verify


@pytest.mark.slow
def test_the_figures_are_written_for_the_container_that_pushes_them(in_container: InContainer, metrics: Path) -> None:
    run = in_container(*arguments_of("metrics/metrics.yaml"))
    assert run.returncode == 0, run.stderr
    assert 'kc2fa_users{realm="image",standing="enrolled"} 0' in (metrics / "kc2fa.prom").read_text()


def test_errors_keep_their_exit_codes(in_container: InContainer) -> None:
    run = in_container(*arguments_of("base/status.yaml"), "--server-url", "http://nobody.invalid")
    assert (run.returncode, json.loads(run.stdout)["error"]["code"]) == (4, "unreachable")


def test_it_is_not_root(docker: DockerClient, image: str) -> None:
    code = "import os; print(os.getuid(), os.getgid())"
    said = docker.containers.run(image, ["-c", code], entrypoint="/usr/bin/python3.11", remove=True)
    assert said.decode().split() == ["65532", "65532"]


@pytest.mark.slow
@pytest.mark.parametrize("program", ["sh", "bash", "dash", "busybox", "apt", "dpkg", "pip"])
def test_it_has_no_shell_and_no_package_manager(docker: DockerClient, image: str, program: str) -> None:
    code = f"import shutil; print(shutil.which({program!r}))"
    said = docker.containers.run(image, ["-c", code], entrypoint="/usr/bin/python3.11", remove=True)
    assert said.decode().strip() == "None"


def test_it_is_small(docker: DockerClient, image: str) -> None:
    assert docker.images.get(image).attrs["Size"] < LARGEST_MB * 1_000_000
