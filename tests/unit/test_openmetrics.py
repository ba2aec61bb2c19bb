"""Figures as OpenMetrics, read by the parser of Prometheus' own client."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed
from prometheus_client.parser import text_string_to_metric_families as parsed_as_prometheus_text
from tests.unit.test_documents import EXEMPTIONS, ON, REALM

from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.monitoring import openmetrics
from keycloak_2fa.monitoring.figures import Figures
from keycloak_2fa.realm.enforcement_state import Counted
from keycloak_2fa.realm.population import Population
from keycloak_2fa.timestamps import today
from keycloak_2fa.verification.checks import CHECK_OF
from keycloak_2fa.verification.findings import FindingId, Found

COUNTED = Counted("2026-01-02T00:00:00Z", Population(enrolled=3, pending=2, exempt=1, uncovered=4))
FOUND = (
    CHECK_OF[FindingId.UNCOVERED_USERS].finding(Found("4 more users")),
    CHECK_OF[FindingId.FLOW_CONDITIONAL].finding(Found("browser")),
    CHECK_OF[FindingId.FLOW_CONDITIONAL].finding(Found("direct grant")),
)
Samples = dict[tuple[str, ...], float]


def look(realm: str = "example", counted: Counted | None = COUNTED) -> Figures:
    until = today()
    status = Status(
        realm=replace(REALM, name=realm),
        enforcement=ON,
        engine="extension",
        extension=None,
        people=None,
        counted=counted,
        total=10,
        exemptions=(replace(EXEMPTIONS[0], expires=until), EXEMPTIONS[1], EXEMPTIONS[1]),
        pending_invitations=0,
        drift=(),
    )
    return Figures(status, FOUND if counted else FOUND[1:], at=1_800_000_000)


def samples(looks: Sequence[Figures], metric: str) -> Samples:
    """Of one metric: each value by those of its labels, in their order."""
    [family] = [each for each in parsed(openmetrics.render(looks)) if each.name == metric]
    return {tuple(each.labels.values()): each.value for each in family.samples}


def test_every_metric_is_a_gauge() -> None:
    assert {each.type for each in parsed(openmetrics.render([look()]))} == {"gauge"}


def test_the_state_is_one_and_the_others_nought() -> None:
    states = {("example", "OFF"): 0, ("example", "ENFORCING"): 0, ("example", "ON"): 1}
    assert samples([look()], "kc2fa_state") == states


def test_users_by_standing() -> None:
    counts = {"enrolled": 3, "pending": 2, "uncovered": 4, "exempt": 1}
    expected = {("example", standing): count for standing, count in counts.items()}
    assert samples([look()], "kc2fa_users") == expected


def test_where_users_were_never_counted_there_is_no_figure() -> None:
    assert samples([look(counted=None)], "kc2fa_users") == {}
    assert samples([look(counted=None)], "kc2fa_users_counted_timestamp_seconds") == {}


def test_findings_by_id_and_severity_and_of_uncovered_users_each() -> None:
    expected = {("example", "flow-conditional", "medium"): 2, ("example", "uncovered-users", "high"): 4}
    assert samples([look()], "kc2fa_findings") == expected


def test_exemptions_by_whether_they_have_expired() -> None:
    assert samples([look()], "kc2fa_exemptions") == {("example", "false"): 1, ("example", "true"): 2}


def test_times_are_seconds_since_the_epoch() -> None:
    assert samples([look()], "kc2fa_last_run_timestamp_seconds") == {("example",): 1_800_000_000}
    assert samples([look()], "kc2fa_users_counted_timestamp_seconds") == {("example",): 1_767_312_000}


def test_several_realms_stand_in_one_document() -> None:
    found = samples([look("one"), look("two")], "kc2fa_last_run_timestamp_seconds")
    assert found.keys() == {("one",), ("two",)}


@pytest.mark.parametrize("realm", ['a "quoted" name', "back\\slash", "ends in a backslash\\", "Łódź 電話", "a{b=c}"])
def test_a_realm_of_any_name(realm: str) -> None:
    assert samples([look(realm)], "kc2fa_last_run_timestamp_seconds").keys() == {(realm,)}


def test_no_realm_is_a_document_too() -> None:
    assert all(each.samples == [] for each in parsed(openmetrics.render([])))


def test_it_is_the_older_text_format_too() -> None:
    document = openmetrics.render([look()])
    newer, older = [], []
    for family in parsed(document):
        newer += family.samples
    for family in parsed_as_prometheus_text(document):
        older += family.samples
    assert [(each.name, each.labels, each.value) for each in older] == [
        (each.name, each.labels, each.value) for each in newer
    ]
