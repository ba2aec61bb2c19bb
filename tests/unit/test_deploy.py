"""docker-compose.yml and the manifests in deploy/: valid, and with what keeps them safe."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from keycloak_2fa import __version__

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
MANIFESTS = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / "deploy" / "kubernetes").glob("*.yaml")}
JOBS = sorted(name for name, manifest in MANIFESTS.items() if manifest["kind"] != "ConfigMap")
OLDEST_KUBERNETES = "1.31"
"""The first one whose pod failure policies are stable."""


def pod(name: str) -> dict[str, Any]:
    spec = MANIFESTS[name]["spec"]
    return dict(spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"])


def container(name: str) -> dict[str, Any]:
    [only] = pod(name)["containers"]
    return dict(only)


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("name", sorted(MANIFESTS))
def test_a_manifest_is_valid(name: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


@pytest.mark.parametrize("name", JOBS)
def test_a_pod_has_no_more_rights_than_it_needs(name: str) -> None:
    assert pod(name)["automountServiceAccountToken"] is False
    context = pod(name)["securityContext"]
    assert (context["runAsNonRoot"], context["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", JOBS)
def test_a_pod_has_limits(name: str) -> None:
    assert "memory" in container(name)["resources"]["limits"]


@pytest.mark.parametrize("name", JOBS)
def test_a_pod_runs_the_image_of_this_version(name: str) -> None:
    assert container(name)["image"] == f"kc2fa:{__version__}"


def test_no_secret_is_in_a_manifest() -> None:
    assert "Secret" not in {manifest["kind"] for manifest in MANIFESTS.values()}
    assert not any("SECRET" in name or "PASSWORD" in name for name in MANIFESTS["configmap"]["data"])


@pytest.mark.parametrize("name", JOBS)
def test_the_secret_comes_from_a_secret(name: str) -> None:
    assert pod(name)["volumes"] == [{"name": "secret", "secret": {"secretName": "kc2fa", "defaultMode": 0o440}}]
    assert "env" not in container(name)


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
