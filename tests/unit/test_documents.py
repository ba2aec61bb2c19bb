"""The JSON that others read: its names, and that its figures add up."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from keycloak_2fa.enforcement.enforce import Outcome
from keycloak_2fa.enforcement.preview import Preview
from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.enforcement.sweep import Sweep
from keycloak_2fa.people.census import Census
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.realm.enforcement_state import OFF, Counted, EnforcementState, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.population import Population
from keycloak_2fa.realm.settings import Change, RealmSettings
from keycloak_2fa_cli import documents


def status(found: Status) -> dict[str, Any]:
    return documents.status(found).as_json()


def preview(found: Preview) -> dict[str, Any]:
    return documents.preview(found).as_json()


def enforcement(done: Outcome) -> dict[str, Any]:
    return documents.enforcement(done).as_json()


REALM = RealmSettings(
    name="example",
    policy=OtpPolicy("totp", "HmacSHA1", 6, 30, look_ahead_window=1, initial_counter=0, code_reusable=False),
    apps=("Microsoft Authenticator", "FreeOTP", "Google Authenticator"),
    required_actions=({"alias": "CONFIGURE_TOTP", "enabled": True, "defaultAction": True},),
    representation={},
)
ON = EnforcementState(
    State.ON, "5f0e", "2026-01-01T10:00:00Z", "2026-01-01T10:05:00Z", "jane", "extension", ("caller-lockout",)
)
CHANGE = Change("otpPolicyDigits", 8, 6)


EXEMPTIONS = (
    Exemption("id-1", "glass", "phones gone", "Jane", date(9999, 12, 31), "2026-01-01T00:00:00Z", "root"),
    Exemption("id-2", "old", "phones gone", "Jane", date(2020, 1, 1), "2019-01-01T00:00:00Z", "root"),
)


def refusals(count: int) -> tuple[Refusal, ...]:
    return tuple(Refusal(f"id-{number}", f"user-{number}", "no phone", "add one") for number in range(count))


def people(count: int) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=f"id-{number}",
            username=f"user-{number}",
            email=None,
            enabled=True,
            has_otp=False,
            required_actions=(),
            federation=None,
            attributes={},
        )
        for number in range(count)
    )


def previewed(population: Population, failed: int = 0, named: int = 0) -> Preview:
    """A preview of so many people, of whom so many are foreseen to be refused and so many are named."""
    return Preview(
        realm=REALM,
        enforcement=OFF,
        engine="admin-api",
        people=Census(population, service_accounts=7, counted=10),
        to_mark=population.uncovered - failed,
        named=people(named),
        groups={"enabled": 3, "local": 2},
        refused=refusals(failed),
        exemptions=EXEMPTIONS,
        pending_invitations=4,
        changes=(CHANGE,),
        unseen_providers=(),
        warnings=(),
    )


def enforced(population: Population, marked: int = 0) -> Outcome:
    """A run that marked so many of those who are asked now, and was refused those who are uncovered still."""
    return Outcome(
        realm=REALM,
        after=REALM,
        enforcement=ON,
        engine="admin-api",
        sweep=Sweep(population, marked, refusals(population.uncovered), passes=2),
        unseen_providers=(),
        service_accounts=7,
        exemptions=EXEMPTIONS,
        pending_invitations=4,
        changes=(CHANGE,),
        seconds=1.23456,
        warnings=(),
    )


def seen(enforcement: EnforcementState = ON, population: Population | None = None) -> Status:
    return Status(
        realm=REALM,
        enforcement=enforcement,
        engine="admin-api",
        extension=About("1.0", ("guard",)),
        people=Census(population or Population(1, 2, 3, 4), service_accounts=7, counted=10),
        counted=Counted("2026-01-02T03:04:05Z", population or Population(1, 2, 3, 4)),
        total=10,
        exemptions=EXEMPTIONS,
        pending_invitations=None,
        drift=(CHANGE,),
    )


@pytest.mark.parametrize(
    "document",
    [
        lambda: status(seen()),
        lambda: preview(previewed(Population())),
        lambda: enforcement(enforced(Population())),
    ],
    ids=["status", "preview", "enforce"],
)
def test_every_report_shows_exemptions_and_which_are_over(document: Callable[[], dict[str, Any]]) -> None:
    shown = [(each["username"], each["expires"], each["expired"]) for each in document()["exemptions"]]
    assert shown == [("glass", "9999-12-31", False), ("old", "2020-01-01", True)]


class TestStatus:
    def test_has_the_names_that_were_promised(self) -> None:
        assert set(status(seen())) >= {
            "realm",
            "state",
            "message",
            "enforced_at",
            "enforced_by",
            "run_id",
            "engine",
            "otp_policy",
            "apps",
            "users",
            "new_users_covered",
            "invitations",
        }

    def test_has_the_database_also_where_the_extension_does_not_say(self) -> None:
        assert status(seen())["extension"] == {"version": "1.0", "parts": ["guard"], "database": None}

    def test_counts_people_by_standing(self) -> None:
        population = Population(enrolled=1, pending=20, exempt=300, uncovered=4_000)

        assert status(seen(population=population))["users"] == {
            "total": 4_321,
            "enrolled": 1,
            "pending": 20,
            "exempt": 300,
            "uncovered": 4_000,
            "counted_at": "2026-01-02T03:04:05Z",
        }

    def test_tells_the_policy_and_whether_the_apps_can_follow_it(self) -> None:
        assert status(seen())["otp_policy"] == {
            "type": "totp",
            "algorithm": "HmacSHA1",
            "digits": 6,
            "period": 30,
            "compatible": True,
        }

    @pytest.mark.parametrize("state", ["OFF", "ENFORCING", "ON"])
    def test_tells_the_state_as_a_word(self, state: str) -> None:
        assert status(seen(EnforcementState(State(state))))["state"] == state

    def test_has_no_time_before_it_is_enforced(self) -> None:
        assert status(seen(OFF))["enforced_at"] is None

    def test_says_so_where_invitations_cannot_be_seen(self) -> None:
        assert status(seen())["invitations"] == {"pending": None}

    def test_tells_drift_as_setting_before_and_after(self) -> None:
        assert status(seen())["drift"] == [{"setting": "otpPolicyDigits", "before": 8, "after": 6}]


POPULATIONS = [
    Population(),
    Population(enrolled=1),
    Population(pending=1),
    Population(exempt=1),
    Population(uncovered=1),
    Population(enrolled=5, pending=40, exempt=3, uncovered=200),
]


class TestPreview:
    def test_has_the_names_that_were_promised(self) -> None:
        assert set(preview(previewed(POPULATIONS[-1]))) >= {
            "realm",
            "state",
            "run_id",
            "engine",
            "users",
            "service_accounts",
            "invitations",
            "failures",
        }

    @pytest.mark.parametrize("population", POPULATIONS, ids=str)
    @pytest.mark.parametrize("failed", [0, 1])
    def test_adds_up(self, population: Population, failed: int) -> None:
        users = preview(previewed(population, min(failed, population.uncovered)))["users"]

        assert users.pop("total") == sum(users.values())

    def test_counts_each_kind(self) -> None:
        population = Population(enrolled=5, pending=40, exempt=3, uncovered=200)

        assert preview(previewed(population, failed=2))["users"] == {
            "total": 248,
            "enrolled": 5,
            "to_mark": 198,
            "already_marked": 40,
            "exempt": 3,
            "failed": 2,
        }

    def test_says_how_many_it_does_not_name(self) -> None:
        assert preview(previewed(Population(uncovered=10), failed=2, named=3))["people_omitted"] == 5

    def test_names_failures_with_reason_and_fix(self) -> None:
        assert preview(previewed(Population(uncovered=1), failed=1))["failures"] == [
            {"user_id": "id-0", "username": "user-0", "reason": "no phone", "fix": "add one"}
        ]


class TestEnforcement:
    def test_has_the_names_that_were_promised(self) -> None:
        assert set(enforcement(enforced(POPULATIONS[-1]))) >= {
            "realm",
            "state",
            "run_id",
            "engine",
            "users",
            "service_accounts",
            "invitations",
            "failures",
            "passes",
            "seconds",
            "changes",
        }

    @pytest.mark.parametrize("population", POPULATIONS, ids=str)
    @pytest.mark.parametrize("marked", [0, 1])
    def test_adds_up(self, population: Population, marked: int) -> None:
        users = enforcement(enforced(population, min(marked, population.pending)))["users"]

        assert users.pop("total") == sum(users.values())

    def test_counts_each_kind(self) -> None:
        population = Population(enrolled=5, pending=40, exempt=3, uncovered=2)

        assert enforcement(enforced(population, marked=30))["users"] == {
            "total": 50,
            "enrolled": 5,
            "marked": 30,
            "already_marked": 10,
            "exempt": 3,
            "failed": 2,
        }

    def test_tells_time_to_the_millisecond(self) -> None:
        assert enforcement(enforced(Population()))["seconds"] == 1.235


@pytest.mark.parametrize(
    "document",
    [
        status(seen()),
        preview(previewed(Population(uncovered=3), failed=1, named=2)),
        enforcement(enforced(Population(pending=2, uncovered=1))),
    ],
    ids=["status", "preview", "enforcement"],
)
def test_a_document_survives_json(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document)) == document
