"""The image that holds the extension's jar, used in the ways that docs/install.md and docs/kubernetes.md show."""

import re
import secrets
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from docker import DockerClient
from docker.errors import APIError
from keycloak import KeycloakAdmin
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy
from tests.containers.compose import ROOT
from tests.containers.keycloak import HTTP, MANAGEMENT

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

TAG, SERVER_TAG = "keycloak-2fa-extension:test", "keycloak-2fa-server:test"
JAR = "keycloak-2fa-extension.jar"
LARGEST_MB = 4
STARTS_IN_S = 400
"""Its first start makes the tables of its database."""
PUBLISHED = r"ghcr\.io/keycloak-2fa/keycloak-2fa-extension:[\d.]+"


@pytest.fixture(scope="module")
def image(docker: DockerClient, jar: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The jar's image, built as the head of its Dockerfile says."""
    context = tmp_path_factory.mktemp("providers")
    shutil.copy(jar, context)
    docker.images.build(path=str(context), dockerfile=str(ROOT / "deploy/extension/Dockerfile"), tag=TAG, rm=True)
    return TAG


@pytest.fixture(scope="module")
def server_image(docker: DockerClient, image: str) -> str:
    """Keycloak with the extension, by the three lines of docs/install.md."""
    [lines] = re.findall(r"```dockerfile\n(.*?)```", (ROOT / "docs" / "install.md").read_text(), re.DOTALL)
    text, replaced = re.subn(PUBLISHED, image, lines)
    assert replaced == 1
    text = text.replace("kc.sh build", "kc.sh build --health-enabled=true")
    docker.images.build(fileobj=BytesIO(text.encode()), tag=SERVER_TAG, rm=True)
    return SERVER_TAG


@pytest.fixture(scope="module")
def admin(server_image: str) -> Iterator[KeycloakAdmin]:
    """The admin of a server of that image."""
    password = secrets.token_urlsafe(24)
    server = (
        DockerContainer(server_image)
        .with_command("start --optimized")
        .with_exposed_ports(HTTP, MANAGEMENT)
        .with_envs(
            KC_BOOTSTRAP_ADMIN_USERNAME="admin",
            KC_BOOTSTRAP_ADMIN_PASSWORD=password,
            KC_HTTP_ENABLED="true",
            KC_HOSTNAME_STRICT="false",
            KC_CACHE="local",
            JAVA_OPTS_APPEND="-XX:-UseG1GC -XX:+UseSerialGC",
        )
        .with_kwargs(mem_limit="1g")
        .waiting_for(HttpWaitStrategy(MANAGEMENT, "/health/ready").with_startup_timeout(STARTS_IN_S))
    )
    with server:
        url = f"http://127.0.0.1:{server.get_exposed_port(HTTP)}"
        yield KeycloakAdmin(server_url=url, username="admin", password=password, user_realm_name="master")


def test_keycloak_has_the_extension(admin: KeycloakAdmin) -> None:
    providers = admin.get_server_info()["providers"]
    assert "two-factor-form" in providers["authenticator"]["providers"]


def test_as_an_init_container_it_copies_the_jar(docker: DockerClient, image: str, jar: Path, tmp_path: Path) -> None:
    # Given the container of deploy/kubernetes/operator, with a volume that anybody may write to
    manifest = yaml.safe_load((ROOT / "deploy/kubernetes/operator/init-container.yaml").read_text())
    [container] = manifest["spec"]["unsupported"]["podTemplate"]["spec"]["initContainers"]
    [mount] = container["volumeMounts"]
    tmp_path.chmod(0o777)
    # When it has run, with no more rights than the manifest gives
    docker.containers.run(
        image,
        remove=True,
        read_only=True,
        cap_drop=["ALL"],
        volumes={str(tmp_path): {"bind": mount["mountPath"], "mode": "rw"}},
    )
    # Then Keycloak finds the jar
    copied = tmp_path / JAR
    assert copied.read_bytes() == jar.read_bytes()
    assert copied.stat().st_mode & 0o444 == 0o444


def test_it_is_not_root(docker: DockerClient, image: str) -> None:
    assert docker.images.get(image).attrs["Config"]["User"] == "65532:65532"


@pytest.mark.parametrize("program", ["/bin/sh", "sh", "/bin/busybox"])
def test_it_has_no_shell(docker: DockerClient, image: str, program: str) -> None:
    with pytest.raises(APIError, match=r"no such file|not found"):
        docker.containers.run(image, ["-c", "true"], entrypoint=program, remove=True)


def test_it_is_tiny(docker: DockerClient, image: str) -> None:
    assert docker.images.get(image).attrs["Size"] < LARGEST_MB * 1_000_000


def test_it_says_what_it_is(docker: DockerClient, image: str) -> None:
    labels = docker.images.get(image).labels
    assert labels["org.opencontainers.image.title"] == "keycloak-2fa-extension"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
