"""deploy/kubernetes and the Helm chart, rendered by their own tools: valid, safe, and the same."""

import kubernetes_validate
import pytest
from tests.deploy.tools import (
    OLDEST_KUBERNETES,
    Manifest,
    command_of,
    containers_of,
    helm,
    helm_template,
    kustomize,
    pod_of,
    refused,
)

from keycloak_2fa import __version__

WHERE = ("serverUrl=https://id.example.org", "realm=example", "clientId=kc2fa")
ENFORCE = ("enforce.enabled=true", "enforce.confirm=Enforce 2FA")
METRICS = ("metrics.enabled=true", "metrics.pushgatewayUrl=http://pushgateway:9091")
VERSIONS = [OLDEST_KUBERNETES, kubernetes_validate.latest_version()]
BOTH = ["kustomize", "helm"]


def rendered(tool: str) -> list[Manifest]:
    """Everything that there is, by either tool."""
    return kustomize("example") if tool == "kustomize" else helm_template(*WHERE, *ENFORCE, *METRICS)


def jobs(tool: str) -> dict[str, Manifest]:
    """The Jobs and CronJobs, by their short names."""
    found = {each["metadata"]["name"]: each for each in rendered(tool) if each["kind"] in {"Job", "CronJob"}}
    return {name.removeprefix("kc2fa-"): each for name, each in found.items()}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tool", BOTH)
def test_each_manifest_is_valid(tool: str, version: str) -> None:
    for manifest in rendered(tool):
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("tool", BOTH)
def test_there_is_a_job_for_each_task(tool: str) -> None:
    assert set(jobs(tool)) == {"preview", "enforce", "status", "verify", "metrics"}


def test_the_base_writes_nothing() -> None:
    assert {command_of(each)["args"][0] for each in kustomize("base") if each["kind"] != "ConfigMap"} == {
        "preview",
        "status",
        "verify",
    }


def test_the_chart_enforces_nothing_by_default() -> None:
    started = {command_of(each)["args"][0] for each in helm_template(*WHERE) if each["kind"] != "ConfigMap"}
    assert started == {"preview", "status", "verify"}


@pytest.mark.parametrize("name", ["preview", "enforce", "status", "verify", "metrics"])
def test_both_tools_run_the_same(name: str) -> None:
    by_kustomize, by_helm = (command_of(jobs(tool)[name]) for tool in BOTH)
    assert by_helm.pop("imagePullPolicy") == "IfNotPresent"
    assert by_helm == by_kustomize


@pytest.mark.parametrize("tool", BOTH)
def test_a_pod_has_no_more_rights_than_it_needs(tool: str) -> None:
    for job in jobs(tool).values():
        pod = pod_of(job)
        context = pod["securityContext"]
        assert pod["automountServiceAccountToken"] is False
        assert (context["runAsNonRoot"], context["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
        for container in containers_of(job):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("tool", BOTH)
def test_a_container_has_a_limit(tool: str) -> None:
    assert all("memory" in each["resources"]["limits"] for job in jobs(tool).values() for each in containers_of(job))


@pytest.mark.parametrize("tool", BOTH)
def test_the_image_is_of_this_version(tool: str) -> None:
    images = {command_of(job)["image"] for job in jobs(tool).values()}
    assert images == {f"ghcr.io/keycloak-2fa/kc2fa:{__version__}"}


@pytest.mark.parametrize("tool", BOTH)
def test_the_secret_comes_from_a_secret(tool: str) -> None:
    assert "Secret" not in {manifest["kind"] for manifest in rendered(tool)}
    for job in jobs(tool).values():
        [secret] = [volume for volume in pod_of(job)["volumes"] if "secret" in volume]
        assert secret == {"name": "secret", "secret": {"secretName": "kc2fa", "defaultMode": 0o440}}
        assert "env" not in command_of(job)


@pytest.mark.parametrize("tool", BOTH)
def test_no_setting_is_a_secret(tool: str) -> None:
    [settings] = [manifest["data"] for manifest in rendered(tool) if manifest["kind"] == "ConfigMap"]
    assert not any("SECRET" in name or "PASSWORD" in name or "OTP" in name for name in settings)


def test_argo_cd_previews_before_it_enforces() -> None:
    annotations = {name: jobs("kustomize")[name]["metadata"]["annotations"] for name in ("preview", "enforce")}
    assert {each["argocd.argoproj.io/hook"] for each in annotations.values()} == {"Sync"}
    waves = [int(annotations[name]["argocd.argoproj.io/sync-wave"]) for name in ("preview", "enforce")]
    assert waves == [1, 2]


def test_helm_previews_before_it_enforces() -> None:
    annotations = {name: jobs("helm")[name]["metadata"]["annotations"] for name in ("preview", "enforce")}
    assert {each["helm.sh/hook"] for each in annotations.values()} == {"post-install,post-upgrade"}
    assert [int(annotations[name]["helm.sh/hook-weight"]) for name in ("preview", "enforce")] == [1, 2]


def test_an_overlay_changes_where_and_when() -> None:
    [settings] = [manifest["data"] for manifest in kustomize("example") if manifest["kind"] == "ConfigMap"]
    assert (settings["KC2FA_REALM"], settings["KC2FA_CLIENT_ID"]) == ("customers", "kc2fa")
    assert jobs("kustomize")["verify"]["spec"]["schedule"] == "0 * * * *"


def test_helm_finds_no_fault_in_the_chart() -> None:
    done = helm("lint", "--strict", "CHART", *(word for each in WHERE for word in ("--set", each)))
    assert done.returncode == 0, done.stdout


def test_the_chart_is_of_this_version() -> None:
    shown = helm("show", "chart", "CHART").stdout
    assert f"version: {__version__}\n" in shown
    assert f"appVersion: {__version__}\n" in shown


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (("realm=example",), "serverUrl"),
        ((*WHERE, "serverUrl=http://id.example.org"), "does not match pattern '^https://"),
        ((*WHERE, "enforce.enabled=true"), "value must be 'Enforce 2FA'"),
        ((*WHERE, "enforce.enabled=true", "enforce.confirm=yes"), "value must be 'Enforce 2FA'"),
        ((*WHERE, "enforce.accept={everything}"), "accept"),
        ((*WHERE, "settings.KC2FA_PASSWORD=x"), "KC2FA_PASSWORD"),
        ((*WHERE, "metrics.enabled=true"), "pushgatewayUrl"),
        ((*WHERE, "image.digest=latest"), "digest"),
        ((*WHERE, "enforcement.enabled=true"), "enforcement"),
    ],
)
def test_the_chart_refuses(values: tuple[str, ...], why: str) -> None:
    assert why in refused(*values)


def test_a_ca_is_mounted_and_named() -> None:
    manifests = helm_template(*WHERE, "ca.configMap=our-ca")
    [settings] = [manifest["data"] for manifest in manifests if manifest["kind"] == "ConfigMap"]
    assert settings["KC2FA_CA_FILE"] == "/run/ca/ca.crt"
    for job in (each for each in manifests if each["kind"] != "ConfigMap"):
        assert {"name": "ca", "mountPath": "/run/ca", "readOnly": True} in command_of(job)["volumeMounts"]


def test_a_digest_wins_over_a_tag() -> None:
    digest = "sha256:" + "0" * 64
    images = {
        command_of(each)["image"]
        for each in helm_template(*WHERE, f"image.digest={digest}", "image.tag=other")
        if each["kind"] != "ConfigMap"
    }
    assert images == {f"ghcr.io/keycloak-2fa/kc2fa@{digest}"}
