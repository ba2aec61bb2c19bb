"""Moments as people and programs are told them."""

import re

from keycloak_2fa import timestamps


def test_this_moment_is_told_in_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", timestamps.now())


def test_a_moment_is_told_in_utc_whatever_its_fraction() -> None:
    assert timestamps.rfc3339(1_700_000_000.9) == "2023-11-14T22:13:20Z"
