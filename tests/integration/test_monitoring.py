"""Figures for monitoring: from a real Keycloak, through a file, into a real Prometheus."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.prometheus import ALERTS, Prometheus, program, watching
from tests.integration.realms import MakeRealm, Realm, otp_credential, people, person, service_account

from keycloak_2fa import timestamps
from keycloak_2fa.enforcement.status import FEW

OPENMETRICS = ("status", "--format", "openmetrics")
DASHBOARD = json.loads((ALERTS.parent / "dashboard.json").read_text(encoding="utf-8"))
VIEWER = {"KC2FA_CLIENT_ID": "viewer", "KC2FA_CLIENT_SECRET": "viewer-secret"}


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON: one user is enrolled, one exempt, two are asked, and one was imported later."""
    realm = make_realm(
        person("enrolled", credentials=[otp_credential()]),
        person("break-glass"),
        *people(2),
        clients=(service_account("viewer", "view-realm", "view-users"),),
        bruteForceProtected=True,
    )
    tomorrow = str(timestamps.today() + timedelta(days=1))
    given = ("--reason", "phones gone", "--approver", "the CISO", "--expires", tomorrow)
    assert kc2fa("exempt", "add", "break-glass", *given, realm=realm).exit == 0
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    realm.import_users([person("imported")])
    return realm


@pytest.fixture(scope="module")
def told(realm: Realm, kc2fa: Kc2fa) -> Run:
    return kc2fa(*OPENMETRICS, realm=realm)


def samples(text: str, metric: str) -> dict[tuple[str, ...], float]:
    """Of one metric: each value by those of its labels, without the realm's name."""
    [family] = [each for each in parsed(text) if each.name == metric]
    return {
        tuple(value for name, value in each.labels.items() if name != "realm"): each.value for each in family.samples
    }


def test_it_ends_with_0_whatever_is_found(told: Run) -> None:
    assert told.exit == 0


def test_the_state(told: Run) -> None:
    assert samples(told.stdout, "kc2fa_state") == {("OFF",): 0, ("ENFORCING",): 0, ("ON",): 1}


def test_users_by_standing(told: Run) -> None:
    counts = {("enrolled",): 1, ("pending",): 2, ("uncovered",): 1, ("exempt",): 1}
    assert samples(told.stdout, "kc2fa_users") == counts


def test_findings_are_those_of_verify(told: Run, realm: Realm, kc2fa: Kc2fa) -> None:
    found = kc2fa("verify", "--json", realm=realm).data["findings"]
    assert samples(told.stdout, "kc2fa_findings") == Counter((each["id"], each["severity"]) for each in found)


def test_exemptions(told: Run) -> None:
    assert samples(told.stdout, "kc2fa_exemptions") == {("false",): 1, ("true",): 0}


def test_it_says_when_it_looked(realm: Realm, kc2fa: Kc2fa) -> None:
    before = int(time.time())
    at = samples(kc2fa(*OPENMETRICS, realm=realm).stdout, "kc2fa_last_run_timestamp_seconds")[()]
    assert before <= at <= time.time()


def test_what_a_role_is_missing_for_is_a_finding(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa(*OPENMETRICS, realm=realm, **VIEWER)
    assert (run.exit, samples(run.stdout, "kc2fa_findings")["not-checked", "medium"] > 0) == (0, True)


def test_where_users_were_never_counted_that_is_said_and_no_figure_is_guessed(
    make_realm: MakeRealm, kc2fa: Kc2fa
) -> None:
    run = kc2fa(*OPENMETRICS, realm=make_realm(*people(FEW + 1)))
    assert samples(run.stdout, "kc2fa_users") == {}
    assert ("uncovered-users", "high") not in samples(run.stdout, "kc2fa_findings")
    assert samples(run.stdout, "kc2fa_findings")["not-checked", "medium"] >= 1


class TestSeveralRealms:
    @pytest.mark.slow
    def test_stand_in_one_document(
        self, realm: Realm, make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]
    ) -> None:
        other = make_realm(*people(1))
        run = kc2fa(*OPENMETRICS, "--realm", realm.name, "--realm", other.name, **master)
        [family] = [each for each in parsed(run.stdout) if each.name == "kc2fa_last_run_timestamp_seconds"]
        assert {each.labels["realm"] for each in family.samples} == {realm.name, other.name}

    def test_one_that_is_not_there_does_not_hide_the_others(
        self, realm: Realm, kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
    ) -> None:
        file = tmp_path / "kc2fa.prom"
        run = kc2fa(*OPENMETRICS, "--output", str(file), "--realm", "nowhere", "--realm", realm.name, **master)
        assert (run.exit, "nowhere" in run.stderr) == (2, True)
        assert samples(file.read_text(), "kc2fa_state")["ON",] == 1


class TestFile:
    def test_is_readable_by_all_and_holds_what_stdout_would(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
        file = tmp_path / "kc2fa.prom"
        run = kc2fa(*OPENMETRICS, "--output", str(file), realm=realm)
        assert (run.exit, file.stat().st_mode & 0o777) == (0, 0o644)
        assert samples(file.read_text(), "kc2fa_users")["pending",] == 2
        assert [each.name for each in tmp_path.iterdir()] == ["kc2fa.prom"]

    def test_stays_as_it_was_where_the_realm_cannot_be_looked_at(
        self, kc2fa: Kc2fa, realm: Realm, tmp_path: Path
    ) -> None:
        file = tmp_path / "kc2fa.prom"
        file.write_text("# EOF\n")
        run = kc2fa(*OPENMETRICS, "--output", str(file), realm=realm, KC2FA_CLIENT_SECRET="wrong")
        assert (run.exit, file.read_text()) == (3, "# EOF\n")

    def test_that_cannot_be_is_told(self, kc2fa: Kc2fa, realm: Realm, tmp_path: Path) -> None:
        file = tmp_path / "nowhere" / "kc2fa.prom"
        run = kc2fa(*OPENMETRICS, "--output", str(file), realm=realm)
        assert (run.exit, str(file) in run.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        (*OPENMETRICS, "--json"),
        (*OPENMETRICS, "--watch"),
        ("status", "--output", "x.prom"),
        ("status", "--format", "x"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(realm: Realm, kc2fa: Kc2fa, arguments: tuple[str, ...]) -> None:
    assert kc2fa(*arguments, realm=realm).exit == 2


class TestPrometheus:
    @pytest.fixture(scope="class")
    @staticmethod
    def prometheus(realm: Realm, kc2fa: Kc2fa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
        """One that has read the realm's file."""
        figures = tmp_path_factory.mktemp("figures")
        with watching(figures, tmp_path_factory.mktemp("prometheus")) as there:
            assert kc2fa(*OPENMETRICS, "--output", str(figures / "kc2fa.prom"), realm=realm).exit == 0
            there.wait_for("kc2fa_last_run_timestamp_seconds")
            yield there

    @pytest.mark.slow
    @pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=[each["title"] for each in DASHBOARD["panels"]])
    def test_every_panel_of_the_dashboard_shows_something(
        self, prometheus: Prometheus, realm: Realm, panel: dict[str, Any]
    ) -> None:
        for target in panel["targets"]:
            assert prometheus.query(target["expr"].replace("$realm", realm.name))

    def test_the_dashboard_finds_the_realms(self, prometheus: Prometheus, realm: Realm) -> None:
        [variable] = [each for each in DASHBOARD["templating"]["list"] if each["name"] == "realm"]
        assert variable["query"] == "label_values(kc2fa_state, realm)"
        assert [each["metric"]["realm"] for each in prometheus.query("group by (realm) (kc2fa_state)")] == [realm.name]

    def test_the_alerts_are_evaluated(self, prometheus: Prometheus) -> None:
        prometheus.wait_for("ALERTS")
        assert {(each["name"], each["health"]) for each in prometheus.rules() if each["health"] != "ok"} == set()

    def test_the_imported_user_sets_one_off(self, prometheus: Prometheus, realm: Realm) -> None:
        way = '{alertname="KeycloakTwoFactorCanBeBypassed", alertstate="firing", id="uncovered-users"}'
        [alert] = prometheus.wait_for(f"ALERTS{way}")
        assert (alert["metric"]["realm"], alert["metric"]["severity"]) == (realm.name, "critical")


@pytest.mark.parametrize(("command", "file"), [("check", "alerts.yaml"), ("test", "alerts.test.yaml")])
def test_promtool_takes_the_rules(command: str, file: str) -> None:
    done = subprocess.run(
        [program("promtool"), command, "rules", str(ALERTS.parent / file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
