"""docker-compose.yml as a user has it: a checkout of its own, a project of its own, an `.env`."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.containers import engine

from embedded_keycloak.ports import free_ports

ROOT = Path(__file__).parents[2]
UP = ("up", "-d", "--wait")
UP_IN_S = 280


@dataclass(frozen=True)
class Checkout:
    """A copy of what `docker compose` reads, in which tests may write an `.env`.

    Attributes:
        path: Its folder.
        project: Name of the compose project, which sets it apart from one that a developer runs.
    """

    path: Path
    project: str = field(default_factory=lambda: f"kc2fa-test-{secrets.token_hex(4)}")

    @classmethod
    def copy(cls, path: Path) -> "Checkout":
        for name in ("docker-compose.yml", ".env.example"):
            shutil.copy(ROOT / name, path)
        for name in ("realm", "deploy"):
            shutil.copytree(ROOT / name, path / name)
        return cls(path)

    def add_provider(self, jar: Path) -> None:
        """Puts an extension to where `make extension` puts ours."""
        shutil.copy(jar, self.path / "deploy" / "keycloak" / "providers")

    def compose(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `docker compose` to its end."""
        ours = ("KEYCLOAK_", "POSTGRES_", "MAILPIT_", "COMPOSE_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.path,
            env=environment | {"COMPOSE_PROJECT_NAME": self.project},
            capture_output=True,
            text=True,
            timeout=UP_IN_S,
            check=False,
        )


@dataclass(frozen=True)
class Stack:
    """See `tests.server.Keycloak`; all that docker-compose.yml describes, running.

    Attributes:
        second_url: Of the second node, where `start_second_node` was called.
        mail_url: Of the mail catcher's API. Keycloak reaches its SMTP server as mailpit:1025.
        network: Name of the containers' network, in which the first node is http://keycloak:8080.
    """

    checkout: Checkout
    url: str
    second_url: str
    mail_url: str
    password: str = field(repr=False)
    username: str = "admin"

    @property
    def network(self) -> str:
        return f"{self.checkout.project}_default"

    def start_second_node(self) -> None:
        _up(self.checkout, "--profile", "second-node", *UP)


@contextmanager
def stack(checkout: Checkout) -> Iterator[Stack]:
    """Brings the checkout's services up, on free ports, and takes them down with their data."""
    password = secrets.token_urlsafe(24)
    ports = free_ports(3)
    names = ("KEYCLOAK_PORT", "KEYCLOAK_2_PORT", "MAILPIT_PORT")
    passwords = {"POSTGRES_PASSWORD": secrets.token_urlsafe(24), "KEYCLOAK_ADMIN_PASSWORD": password}
    settings = (checkout.path / ".env.example").read_text()
    for name, value in passwords.items():
        settings = settings.replace(f"{name}=\n", f"{name}={value}\n")
    settings += "".join(f"{name}={port}\n" for name, port in zip(names, ports, strict=True))
    (checkout.path / ".env").write_text(settings)
    try:
        _up(checkout, *UP)
        yield Stack(checkout, *(f"http://127.0.0.1:{port}" for port in ports), password)
    finally:
        checkout.compose("--profile", "second-node", "down", "--volumes", "--timeout", "5")


def _up(checkout: Checkout, *arguments: str) -> None:
    done = checkout.compose(*arguments)
    if done.returncode != 0:
        log = checkout.compose("logs", "--tail", "30").stdout
        raise AssertionError(f"docker compose {' '.join(arguments)} failed:\n{done.stderr}\n{log}")


def required() -> None:
    """Skips or fails the test where `docker compose` is not installed."""
    if not shutil.which("docker"):
        engine.missing("there is no command docker")
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0:
        engine.missing("docker has no plugin compose")
