"""Findings that a real server will not give on the day of the test."""

from datetime import UTC, date, datetime

import pytest

from keycloak_2fa import uncovered, ways_around
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.findings import FindingId

EXEMPTION = Exemption("id-1", "root", "break glass", "the CISO", date(2026, 3, 31), "2026-01-01T00:00:00Z", "root")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LATER, EARLIER = (int(datetime(year, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp() * 1000) for year in (2026, 2025))


def test_an_exemption_holds_on_its_last_day() -> None:
    assert list(ways_around.exemptions([EXEMPTION], date(2026, 3, 31), lambda _: True)) == []


def test_an_exemption_that_has_expired_is_none_where_the_person_is_covered() -> None:
    assert list(ways_around.exemptions([EXEMPTION], date(2026, 4, 1), lambda _: False)) == []


def test_an_exemption_that_has_expired_is_named() -> None:
    [found] = ways_around.exemptions([EXEMPTION], date(2026, 4, 1), lambda user_id: user_id == "id-1")

    assert (found.id, found.where) == (FindingId.EXEMPTION_EXPIRED, "root")
    assert "break glass" in found.title
    assert "the CISO" in found.title


def test_a_server_with_the_hole_is_named() -> None:
    [found] = ways_around.server("26.5.6")

    assert (found.id, found.where) == (FindingId.SERVER_VULNERABLE, "Keycloak 26.5.6")


@pytest.mark.parametrize("version", ["nightly", "26.7", ""])
def test_a_server_whose_version_does_not_tell_is_not_checked(version: str) -> None:
    [found] = ways_around.server(version)

    assert (found.id, found.where) == (FindingId.NOT_CHECKED, "server-vulnerable")
    assert repr(version) in found.title


@pytest.mark.parametrize(
    "event",
    [
        {"type": "REMOVE_TOTP", "time": LATER},
        {"type": "REMOVE_CREDENTIAL", "time": LATER, "details": {"credential_type": "otp"}},
    ],
)
def test_a_removed_otp_is_told_with_its_time(event: dict[str, object]) -> None:
    assert "2026-02-03T04:05:06Z" in (uncovered.removed([event], SINCE) or "")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "REMOVE_TOTP", "time": EARLIER},
        {"type": "REMOVE_CREDENTIAL", "time": LATER, "details": {"credential_type": "password"}},
        {"type": "REMOVE_CREDENTIAL", "time": LATER},
    ],
)
def test_other_removals_tell_nothing(event: dict[str, object]) -> None:
    assert uncovered.removed([event], SINCE) is None


def test_a_write_from_before_enforcement_tells_nothing() -> None:
    event = {"operationType": "UPDATE", "time": EARLIER, "authDetails": {"clientId": "ansible"}}

    assert uncovered.written([event], SINCE) is None
