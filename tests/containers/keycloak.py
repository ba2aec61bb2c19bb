"""A Keycloak in a container, beside its PostgreSQL and a mail catcher, by testcontainers."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

# Read on import. Ryuk, which ends what a crashed run left, is one more image from a registry that may be out of reach.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
# By loopback also from within a container: the command refuses plain http to any other address.
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HttpWaitStrategy

from embedded_keycloak.distribution import VERSION

SOURCE = Path(__file__).parents[2] / "deploy" / "keycloak"
HTTP, MANAGEMENT, MAIL = 8080, 9000, 8025
STARTS_IN_S = 180
SMALL = "-XX:-UseG1GC -XX:+UseSerialGC"


@dataclass(frozen=True)
class ContainerKeycloak:
    """See `tests.server.Keycloak`.

    Attributes:
        mail_url: Of the mail catcher's API. Keycloak reaches its SMTP server as mailpit:1025.
    """

    url: str
    username: str
    password: str = field(repr=False)
    mail_url: str


@contextmanager
def keycloak_in_container(version: str | None = None) -> Iterator[ContainerKeycloak]:
    """Starts the three and ends them.

    Args:
        version: Keycloak's version; None for the pinned one.
    """
    version = version or VERSION
    tag, password = f"keycloak-2fa-tested:{version}", secrets.token_urlsafe(24)
    with TemporaryDirectory() as folder:
        # Keycloak as it comes, whatever was built here: tests/extension and the compose tests have the extension.
        shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("*.jar"), dirs_exist_ok=True)
        DockerImage(folder, tag=tag, clean_up=False, buildargs={"KEYCLOAK_VERSION": version}).build()
    with ExitStack() as stack:
        network = stack.enter_context(Network())
        database = PostgresContainer("postgres:15", username="keycloak", password=password, dbname="keycloak")
        stack.enter_context(database.with_network(network).with_network_aliases("postgres"))
        mail = DockerContainer("axllent/mailpit:v1.27.11").with_exposed_ports(MAIL)
        mail.waiting_for(HttpWaitStrategy(MAIL, "/readyz"))
        stack.enter_context(mail.with_network(network).with_network_aliases("mailpit"))
        server = (
            DockerContainer(tag)
            .with_command("start --optimized")
            .with_exposed_ports(HTTP, MANAGEMENT)
            .with_network(network)
            .with_envs(
                KC_DB_URL="jdbc:postgresql://postgres:5432/keycloak",
                KC_DB_USERNAME="keycloak",
                KC_DB_PASSWORD=password,
                KC_BOOTSTRAP_ADMIN_USERNAME="admin",
                KC_BOOTSTRAP_ADMIN_PASSWORD=password,
                KC_HTTP_ENABLED="true",
                KC_HOSTNAME_STRICT="false",
                KC_CACHE="local",
                JAVA_OPTS_APPEND=SMALL,
            )
            .with_kwargs(mem_limit="1g")
            .waiting_for(HttpWaitStrategy(MANAGEMENT, "/health/ready").with_startup_timeout(STARTS_IN_S))
        )
        stack.enter_context(server)
        yield ContainerKeycloak(_url(server, HTTP), "admin", password, _url(mail, MAIL))


def _url(container: DockerContainer, port: int) -> str:
    host = container.get_container_host_ip().replace("localhost", "127.0.0.1")
    return f"http://{host}:{container.get_exposed_port(port)}"
