"""docker-compose.yml has what keeps it safe."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_has_a_health_check_and_a_limit(name: str) -> None:
    assert {"healthcheck", "mem_limit"} <= set(SERVICES[name])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_published_to_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_no_password_has_a_default() -> None:
    passwords = [
        value
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if name.endswith("PASSWORD")
    ]
    assert passwords
    assert all(":?" in value for value in passwords)


def test_the_example_of_an_env_file_has_no_value() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["POSTGRES_PASSWORD=", "KEYCLOAK_ADMIN_PASSWORD="]
