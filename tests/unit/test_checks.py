"""Each finding has one check, and one thing that closes it."""

import pytest

from keycloak_2fa.hardening.fixes import REMEDIES
from keycloak_2fa.verification.check import Check
from keycloak_2fa.verification.checks import CHECKS
from keycloak_2fa.verification.findings import FindingId, Found, NotChecked, Severity
from keycloak_2fa.verification.snapshot import Snapshot


def test_every_id_has_one_check() -> None:
    assert sorted(check.id for check in CHECKS) == sorted(set(FindingId) - {FindingId.NOT_CHECKED})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_a_finding_is_closed_by_harden_or_says_what_else_closes_it(check: Check) -> None:
    assert (check.id in {remedy.id for remedy in REMEDIES}) is (check.closed_otherwise is None)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_a_finding_that_harden_closes_names_it(check: Check) -> None:
    assert (f"kc2fa harden --fix {check.id}" in check.fix) is (check.closed_otherwise is None)


def nothing(_realm: Snapshot) -> list[Found]:
    return []


CHECK = Check(FindingId.BRUTE_FORCE_OFF, Severity.MEDIUM, "It is off", "Codes can be guessed", "Switch it on", nothing)


def test_what_is_found_has_the_texts_of_its_check() -> None:
    finding = CHECK.finding(Found("here"))

    assert (finding.id, finding.severity, finding.where) == (FindingId.BRUTE_FORCE_OFF, Severity.MEDIUM, "here")
    assert (finding.title, finding.why, finding.fix) == (CHECK.title, CHECK.why, CHECK.fix)


def test_what_is_found_may_say_more() -> None:
    finding = CHECK.finding(Found("here", title="Off", fix="On", why="So", severity=Severity.HIGH, story="since noon"))

    assert (finding.title, finding.fix, finding.why, finding.severity) == ("Off: since noon", "On", "So", Severity.HIGH)


def test_what_could_not_be_checked_is_a_finding_about_the_check() -> None:
    finding = CHECK.finding(NotChecked(title="Not checked", fix="Give the role"))

    assert (finding.id, finding.where) == (FindingId.NOT_CHECKED, FindingId.BRUTE_FORCE_OFF)
