"""Exemptions on the days that a real server will not give."""

from dataclasses import replace
from datetime import date

import pytest

from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.verification import exemption_findings

EXEMPTION = Exemption("id-1", "root", "break glass", "the CISO", date(2026, 3, 31), "2026-01-01T00:00:00Z", "root")
TODAY = date(2026, 3, 1)


def test_one_holds_on_its_last_day() -> None:
    assert list(exemption_findings.expired([EXEMPTION], date(2026, 3, 31), lambda _: True)) == []


def test_one_that_has_expired_is_silent_where_the_user_is_covered() -> None:
    assert list(exemption_findings.expired([EXEMPTION], date(2026, 4, 1), lambda _: False)) == []


def test_one_that_has_expired_is_named() -> None:
    [found] = exemption_findings.expired([EXEMPTION], date(2026, 4, 1), lambda user_id: user_id == "id-1")

    assert found.where == "root"
    assert "break glass" in found.title
    assert "the CISO" in found.title


def test_one_that_kc2fa_gave_is_accounted_for() -> None:
    assert list(exemption_findings.unaccounted([EXEMPTION], TODAY)) == []


@pytest.mark.parametrize("field", ["reason", "approver", "created_by", "created_at"])
def test_one_that_lacks_a_field_is_named(field: str) -> None:
    [found] = exemption_findings.unaccounted([replace(EXEMPTION, **{field: ""})], TODAY)

    assert found.where == "root"


def test_one_for_ever_is_named_with_its_day() -> None:
    [found] = exemption_findings.unaccounted([replace(EXEMPTION, expires=date.max)], TODAY)

    assert "9999-12-31" in found.title


def test_one_by_hand_is_named_by_the_id_where_it_has_no_name() -> None:
    [found] = exemption_findings.unaccounted([replace(EXEMPTION, username="", reason="")], TODAY)

    assert found.where == "id-1"
