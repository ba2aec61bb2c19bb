"""The dashboard, read by Grafana's own model of one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from keycloak_2fa.monitoring import openmetrics

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"
TEXT = (FOLDER / "dashboard.json").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = json.loads(TEXT)


@pytest.fixture(scope="module")
def read() -> Dashboard:
    plugins.register_default_plugins()
    return Dashboard.from_json(DOCUMENT)


def test_grafana_knows_every_field(read: Dashboard) -> None:
    # What its model does not know, it does not write again
    again = json.loads(JSONEncoder().encode(read))
    assert list(lost(DOCUMENT, again)) == []


def lost(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where what came back is not what was given."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [each for key, value in ours.items() for each in lost(value, theirs.get(key), f"{path}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [each for number, (one, two) in pairs for each in lost(one, two, f"{path}[{number}]")]
    return [] if ours == theirs else [path]


def test_every_panel_asks_something(read: Dashboard) -> None:
    assert all(panel.targets for panel in read.panels or [])


@pytest.mark.parametrize("name", ["dashboard.json", "alerts.yaml"])
def test_no_metric_is_named_that_does_not_exist(name: str) -> None:
    named = set(re.findall(r"\bkc2fa_\w+", (FOLDER / name).read_text(encoding="utf-8")))
    exist = set(re.findall(r"^# TYPE (\w+)", openmetrics.render([]), re.MULTILINE))
    assert named <= exist


def test_every_metric_is_in_the_docs() -> None:
    page = (FOLDER.parents[1] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    exist = set(re.findall(r"^# TYPE (\w+)", openmetrics.render([]), re.MULTILINE))
    assert set(re.findall(r"^\| `(kc2fa_\w+)\{", page, re.MULTILINE)) == exist
