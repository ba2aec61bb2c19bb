"""A real Prometheus that gets its figures from a file, by a real node exporter."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from embedded_keycloak.ports import free_ports

ALERTS = Path(__file__).parents[2] / "deploy" / "monitoring" / "alerts.yaml"
_SECONDS = 60


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus that runs.

    Attributes:
        url: Where it answers.
    """

    url: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query."""
        return list(self._get("query", query=expression)["result"])

    def rules(self) -> list[dict[str, Any]]:
        """Every rule, as it is evaluated."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def wait_for(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query, when there are some."""
        until = time.monotonic() + _SECONDS
        while not (found := self.query(expression)):
            assert time.monotonic() < until, f"nothing comes of {expression}"
            time.sleep(0.2)
        return found

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/api/v1/{path}", params=query, timeout=30)
        assert answer.ok, answer.text
        return dict(answer.json()["data"])


def program(*names: str) -> str:
    """The path of a program by any of its names; the test is skipped where it is not installed."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing = f"{names[0]} is not installed"
    if os.environ.get("KC2FA_REQUIRE_PROMETHEUS") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def watching(figures: Path, scratch: Path) -> Iterator[Prometheus]:
    """A Prometheus with our alert rules that looks every second.

    Args:
        figures: The folder of the files to read.
        scratch: An empty folder.
    """
    exporter, itself = program("prometheus-node-exporter", "node_exporter"), program("prometheus")
    exporter_port, port = free_ports(2)
    configuration = scratch / "prometheus.yml"
    configuration.write_text(
        f"""
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: ["{ALERTS}"]
scrape_configs: [{{ job_name: node, static_configs: [{{ targets: ["127.0.0.1:{exporter_port}"] }}] }}]
"""
    )
    collect = ["--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={figures}"]
    store = [f"--config.file={configuration}", f"--storage.tsdb.path={scratch / 'data'}"]
    with (
        _running([exporter, *collect, f"--web.listen-address=127.0.0.1:{exporter_port}"], scratch / "exporter.log"),
        _running([itself, *store, f"--web.listen-address=127.0.0.1:{port}"], scratch / "prometheus.log"),
    ):
        until = time.monotonic() + _SECONDS
        while not _is_ready(f"http://127.0.0.1:{port}/-/ready"):
            assert time.monotonic() < until, (scratch / "prometheus.log").read_text()
            time.sleep(0.2)
        yield Prometheus(f"http://127.0.0.1:{port}")


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as child:
        try:
            yield
        finally:
            child.terminate()


def _is_ready(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
