"""The workflows in .github: what they run is pinned, and no job may do more than it needs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from release.notes import keycloak_versions

from embedded_keycloak.distribution import VERSION
from keycloak_2fa import __version__

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
REPOSITORY = "https://github.com/keycloak-2fa/keycloak-2fa"


def parsed(path: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text()))


def named(name: str) -> dict[Any, Any]:
    return parsed(ROOT / ".github" / "workflows" / name)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if "uses:" in line and "uses: ./" not in line]
    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line)] == []


def test_an_action_has_one_version() -> None:
    found = {tuple(used) for path in WORKFLOWS for used in re.findall(r"uses: ([\w./-]+)@(\w+)", path.read_text())}
    assert len({name for name, _ in found}) == len(found)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_no_more(path: Path) -> None:
    assert parsed(path)["permissions"] == {"contents": "read"}


def test_what_a_job_of_the_release_may_write() -> None:
    jobs = named("release.yml")["jobs"]
    writes = {name: {what for what, may in job["permissions"].items() if may == "write"} for name, job in jobs.items()}
    assert writes == {
        "ci": set(),
        "build": {"id-token", "attestations"},
        "pypi": {"id-token"},
        "images": {"packages"},
        "github": {"contents"},
    }


def test_a_release_holds_no_password() -> None:
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    assert "secrets." not in text


def test_a_release_is_tested_first() -> None:
    jobs = named("release.yml")["jobs"]
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs["build"]["needs"] == "ci"
    assert {jobs["pypi"]["needs"], jobs["images"]["needs"]} == {"build"}


def test_ci_runs_the_pythons_that_the_package_names() -> None:
    matrix = named("ci.yml")["jobs"]["python"]["strategy"]["matrix"]["python"]
    classifiers = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert matrix == classifiers


def test_the_listing_is_what_keycloak_asks_for() -> None:
    listing = json.loads((ROOT / "release" / "keycloak-extension.json").read_text())
    assert set(listing) == {"name", "description", "website"}
    assert listing["website"] == REPOSITORY


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/extension/Dockerfile", "deploy/keycloak/Dockerfile"])
def test_an_image_says_what_it_is(name: str) -> None:
    text = (ROOT / name).read_text()
    for label in ("title", "description", "licenses"):
        assert f"org.opencontainers.image.{label}=" in text
    assert f'org.opencontainers.image.source="{REPOSITORY}"' in text


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda p: p.name)
def test_a_form_for_issues_is_whole(path: Path) -> None:
    form = parsed(path)
    assert {"name", "description", "body"} <= set(form)
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0


def test_every_published_image_is_of_this_version() -> None:
    pages = [ROOT / "docker-bake.hcl", *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").rglob("*.yaml")]
    named = [
        found for page in pages for found in re.findall(r"ghcr\.io/keycloak-2fa/[\w-]+:([\w.]+)", page.read_text())
    ]
    assert len(named) >= 5
    assert set(named) == {__version__}


def test_the_images_of_a_release_are_of_this_version_and_of_the_newest_keycloak() -> None:
    bake = (ROOT / "docker-bake.hcl").read_text()
    defaults = dict(re.findall(r'variable "(\w+)" \{\n  default = "(.*)"', bake))
    assert (defaults["VERSION"], defaults["KEYCLOAK_VERSION"]) == (__version__, VERSION)


def test_the_page_on_support_names_the_keycloaks_that_are_tested() -> None:
    versions = keycloak_versions((ROOT / "Makefile").read_text())
    assert f"{', '.join(versions[:-1])} and {versions[-1]}" in (ROOT / "SUPPORT.md").read_text()
