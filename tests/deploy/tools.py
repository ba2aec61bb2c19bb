"""The tools that deploy/ is written for, as they are installed here."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OLDEST_KUBERNETES = "1.31"
"""The first one whose pod failure policies are stable."""

Manifest = dict[str, Any]


def kustomize(folder: str) -> list[Manifest]:
    """What Kustomize makes of a folder of deploy/kubernetes."""
    if shutil.which("kustomize"):
        command = ["kustomize", "build"]
    elif shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    else:
        _missing("neither kustomize nor kubectl is installed")
    return _documents(_run(*command, str(ROOT / "deploy" / "kubernetes" / folder)))


@cache
def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Helm on the chart: the first argument is the command, `CHART` stands for the folder."""
    if not shutil.which("helm"):
        _missing("helm is not installed")
    chart = str(ROOT / "deploy" / "helm" / "kc2fa")
    command = ["helm", *(chart if each == "CHART" else each for each in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def helm_template(*values: str) -> list[Manifest]:
    """What the chart makes of these values, as in `--set`."""
    return _documents(_ok(helm("template", "kc2fa", "CHART", "--kube-version", OLDEST_KUBERNETES, *_sets(*values))))


def refused(*values: str) -> str:
    """Why Helm refuses these values."""
    done = helm("template", "kc2fa", "CHART", "--kube-version", OLDEST_KUBERNETES, *_sets(*values))
    assert done.returncode != 0, done.stdout
    return done.stderr


def pod_of(manifest: Manifest) -> Manifest:
    """The pod that a Job or CronJob starts."""
    spec = manifest["spec"]
    return dict(spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"])


def containers_of(manifest: Manifest) -> list[Manifest]:
    """All containers of that pod, those that run first before the others."""
    pod = pod_of(manifest)
    return [*pod.get("initContainers", []), *pod["containers"]]


def command_of(manifest: Manifest) -> Manifest:
    """The container that runs kc2fa."""
    [only] = [each for each in containers_of(manifest) if each["name"] == "kc2fa"]
    return dict(only)


def _sets(*values: str) -> list[str]:
    return [word for value in values for word in ("--set", value)]


@cache
def _run(*command: str) -> str:
    return _ok(subprocess.run(command, capture_output=True, text=True, check=False))


def _ok(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def _documents(text: str) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(text) if document]


def _missing(reason: str) -> NoReturn:
    """Skips the test; where KC2FA_REQUIRE_DEPLOY_TOOLS is 1, fails it."""
    if os.environ.get("KC2FA_REQUIRE_DEPLOY_TOOLS") == "1":
        pytest.fail(f"KC2FA_REQUIRE_DEPLOY_TOOLS=1, but {reason}", pytrace=False)
    pytest.skip(reason)
