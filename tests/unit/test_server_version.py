"""Known holes: which server has which, and where each applies."""

from dataclasses import replace

import pytest

from keycloak_2fa.verification import server_version
from keycloak_2fa.verification.server_version import HOLES, NEWEST, Client, Hole, Usage, Verdict

BY_CVE = {each.cve: each for each in HOLES}
RESET, RESTART, CREDENTIALS, CIBA, DEVICE, FORGED, STEP_UP, REPLAYED, LINK_ONLY = (
    BY_CVE[f"CVE-2026-{number}"] for number in (18963, 94218, 94001, 16103, 88770, 11800, 3429, 37982, 16442)
)
EVERYTHING = Usage(
    features=frozenset().union(*(each.features for each in HOLES)),
    realm=frozenset().union(*(each.realm for each in HOLES)),
    clients=frozenset(Client),
    enforces_flows=True,
    authenticators=frozenset().union(*(each.authenticators for each in HOLES)),
    links_by_saml=True,
)


def verdict(hole: Hole, version: str) -> Verdict:
    numbers = server_version.release(version)
    assert numbers is not None
    return server_version.verdict(hole, numbers)


@pytest.mark.parametrize(
    ("hole", "version"),
    [
        *(
            (RESET, each)
            for each in ("26.7.1", "26.6.5", "26.4.14", "26.5.6", "26.3.5", "25.0.6", "26.4.10.redhat-00001")
        ),
        *((RESTART, each) for each in ("26.7.5", "26.6.8", "26.4.15", "26.8.0")),
        *((CREDENTIALS, each) for each in ("26.7.5", "26.8.0")),
        *((CIBA, each) for each in ("26.7.3", "26.6.7", "26.4.7", "26.5.6")),
        *((DEVICE, each) for each in ("26.7.3", "26.6.7", "26.4.7")),
        *((FORGED, each) for each in ("26.6.3", "26.5.6")),
        *((STEP_UP, each) for each in ("26.4.10", "26.5.6", "26.3.5")),
        *((REPLAYED, each) for each in ("26.4.11", "26.5.7", "26.6.1")),
        *((LINK_ONLY, each) for each in ("26.4.13", "26.5.7", "26.6.4", "26.7.0")),
    ],
)
def test_is_open(hole: Hole, version: str) -> None:
    assert verdict(hole, version) is Verdict.OPEN


@pytest.mark.parametrize(
    ("hole", "version"),
    [
        *((RESET, each) for each in ("26.7.2", "26.7.10", "26.6.6", "26.4.15", "26.8.0")),
        *((RESTART, each) for each in ("26.8.1", "26.8.2")),
        (CREDENTIALS, "26.8.1"),
        *((CIBA, each) for each in ("26.7.5", "26.6.8")),
        *((DEVICE, each) for each in ("26.7.5", "26.6.8")),
        *((FORGED, each) for each in ("26.6.4", "26.7.0", "26.8.0")),
        *((STEP_UP, each) for each in ("26.4.11", "26.5.7", "26.6.0", "26.7.0", "26.8.0")),
        *((REPLAYED, each) for each in ("26.4.12", "26.6.2", "26.7.0", "26.8.0")),
        *((LINK_ONLY, each) for each in ("26.4.14", "26.6.5", "26.7.1", "26.8.0")),
    ],
)
def test_is_fixed(hole: Hole, version: str) -> None:
    assert verdict(hole, version) is Verdict.FIXED


@pytest.mark.parametrize(
    ("hole", "version"),
    [
        # A release that the table does not know may have the fix.
        *((RESTART, each) for each in ("26.7.6", "26.6.9", "26.4.16")),
        # Upstream does not say whether 26.8 has it.
        *((hole, "26.8.1") for hole in (CIBA, DEVICE)),
    ],
)
def test_is_not_known(hole: Hole, version: str) -> None:
    assert verdict(hole, version) is Verdict.UNKNOWN


@pytest.mark.parametrize("hole", HOLES, ids=[each.cve for each in HOLES])
@pytest.mark.parametrize("version", ["26.9.0", "27.0.0", "999.0.0"])
def test_a_newer_branch_is_never_fine(hole: Hole, version: str) -> None:
    assert verdict(hole, version) is Verdict.UNKNOWN


@pytest.mark.parametrize("version", ["", "nightly", "26", "26.7"])
def test_a_version_without_numbers_tells_nothing(version: str) -> None:
    assert server_version.release(version) is None


@pytest.mark.parametrize("hole", HOLES, ids=[each.cve for each in HOLES])
def test_no_hole_applies_where_nothing_of_it_is_in_use(hole: Hole) -> None:
    assert not server_version.applies(hole, Usage())


@pytest.mark.parametrize("hole", HOLES, ids=[each.cve for each in HOLES])
def test_every_hole_applies_where_everything_is_in_use(hole: Hole) -> None:
    assert server_version.applies(hole, EVERYTHING)


@pytest.mark.parametrize("hole", [CIBA, DEVICE, FORGED, STEP_UP, REPLAYED, LINK_ONLY], ids=lambda hole: hole.cve)
def test_what_may_not_be_read_counts_as_there(hole: Hole) -> None:
    unread = replace(EVERYTHING, clients=None, authenticators=None, links_by_saml=None)
    assert server_version.applies(hole, unread)


@pytest.mark.parametrize("authenticator", ["webauthn-authenticator", "webauthn-authenticator-passwordless"])
def test_one_of_the_authenticators_is_enough(authenticator: str) -> None:
    assert server_version.applies(REPLAYED, Usage(authenticators=frozenset({authenticator})))
    assert not server_version.applies(STEP_UP, Usage(authenticators=frozenset({authenticator})))


@pytest.mark.parametrize("hole", HOLES, ids=[each.cve for each in HOLES])
def test_every_hole_has_its_source_and_fixes_of_known_branches(hole: Hole) -> None:
    assert hole.source.startswith("https://github.com/keycloak/keycloak/issues/")
    assert hole.fixed.keys() | hole.unknown <= NEWEST.keys()
    assert not hole.fixed.keys() & hole.unknown


def test_switches_are_those_that_are_on() -> None:
    realm = {"resetPasswordAllowed": True, "bruteForceProtected": False, "registrationAllowed": True}
    assert server_version.switches(realm) == {"resetPasswordAllowed"}
