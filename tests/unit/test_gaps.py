"""Findings that a real server will not give on the day of the test."""

from datetime import UTC, datetime

import pytest

from keycloak_2fa.realm.flows import Flow, Step
from keycloak_2fa.verification import gaps, uncovered
from keycloak_2fa.verification.findings import NotChecked
from keycloak_2fa.verification.server_version import Usage
from keycloak_2fa.verification.snapshot import Client

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LATER, EARLIER = (int(datetime(year, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp() * 1000) for year in (2026, 2025))


REGISTRY = Client("id-1", "registry", direct_grants=False, overrides={}, protocol="docker-v2")
BY_PASSWORD = Flow("id-2", "docker auth", (Step("id-3", "docker-http-basic-authenticator", "REQUIRED"),))


def test_docker_clients_are_silent_where_the_server_does_not_speak_docker() -> None:
    realm = {"dockerAuthenticationFlow": "docker auth"}

    assert list(gaps.docker_clients(realm, [REGISTRY], {"CIBA"}, lambda _: BY_PASSWORD)) == []
    [found] = gaps.docker_clients(realm, [REGISTRY], {"DOCKER"}, lambda _: BY_PASSWORD)
    assert found.where == "registry"


HOLED = Usage(realm=frozenset({"resetPasswordAllowed"}))


def test_a_hole_is_named_by_its_cve_with_the_releases_that_have_the_fix() -> None:
    [found] = gaps.server("26.5.6", HOLED)

    assert found.where == "CVE-2026-18963"
    assert "26.5.6" in found.title
    assert "26.7.2, 26.6.6 or 26.4.15" in found.fix


@pytest.mark.parametrize("version", ["nightly", "26.7", "", "26.9.0", "27.0.0", "999.0.0-SNAPSHOT"])
def test_a_server_whose_branch_is_not_known_is_not_checked(version: str) -> None:
    [found] = gaps.server(version, Usage())

    assert isinstance(found, NotChecked)
    assert version in found.title


def test_a_release_newer_than_the_table_is_not_known_where_a_hole_applies() -> None:
    [found] = gaps.server("26.7.6", Usage(enforces_flows=True))

    assert isinstance(found, NotChecked)
    assert "CVE-2026-94218" in found.title


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


def test_a_browser_login_meets_the_steps_of_the_realms_flow_and_of_the_clients() -> None:
    by_alias = {
        "browser": Flow(
            "1", "browser", (Step("2", "auth-cookie", "ALTERNATIVE"), Step("3", "auth-spnego", "DISABLED"))
        ),
        "own": Flow("4", "own", (Step("5", None, "REQUIRED", flow=BY_PASSWORD),)),
    }
    clients = [
        Client("id-1", "app", direct_grants=False, overrides={"browser": "4", "direct_grant": "7"}),
        Client("id-2", "gone", direct_grants=False, overrides={"browser": "6"}),
        Client("id-3", "robot", direct_grants=True, overrides={"browser": "4"}, browser=False),
    ]
    aliases = {"1": "browser", "4": "own"}

    def met(realm: dict[str, object], clients: list[Client]) -> frozenset[str]:
        return gaps.browser_authenticators({"browserFlow": "browser"} | realm, clients, aliases, by_alias.__getitem__)

    assert met({}, clients) == {"auth-cookie", "docker-http-basic-authenticator"}
    assert met({}, clients[1:]) == {"auth-cookie"}
    passkeys = {"webAuthnPolicyPasswordlessPasskeysEnabled": True}
    assert met(passkeys, []) == {"auth-cookie", "webauthn-authenticator-passwordless"}
