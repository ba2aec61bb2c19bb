"""CVE-2026-18963: fixed in 26.7.2, 26.6.6 and 26.4.15; the branch 26.5 has no fixed release."""

import pytest

from keycloak_2fa.server_version import vulnerable


@pytest.mark.parametrize(
    "version",
    ["26.7.1", "26.7.0", "26.6.5", "26.4.14", "26.5.6", "26.5.99", "26.3.5", "25.0.6", "26.4.10.redhat-00001"],
)
def test_has_the_hole(version: str) -> None:
    assert vulnerable(version) is True


@pytest.mark.parametrize(
    "version", ["26.7.2", "26.7.3", "26.7.10", "26.6.6", "26.4.15", "26.8.0", "27.0.0", "999.0.0-SNAPSHOT"]
)
def test_has_it_no_longer(version: str) -> None:
    assert vulnerable(version) is False


@pytest.mark.parametrize("version", ["", "nightly", "26", "26.7"])
def test_a_version_without_numbers_tells_nothing(version: str) -> None:
    assert vulnerable(version) is None
