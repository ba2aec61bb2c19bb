"""Both engines do the same, and say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.extension.logins import ENGINES, OLD_POLICY
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, person

from keycloak_2fa import timestamps

DIFFER = ("run_id", "realm", "engine", "seconds", "started_at", "enforced_at")
"""What two runs on two realms cannot have in common, whatever the engine."""


@dataclass(frozen=True)
class Job:
    """The whole job on a realm of its own, with one engine."""

    engine: str
    realm: Realm
    users_before: dict[str, Any]
    preview: Run
    people: str
    enforce: Run
    status: Run
    again: Run


Do = Callable[[str], Job]


@pytest.fixture(scope="module")
def do(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path_factory: pytest.TempPathFactory) -> Do:
    """Does the job with an engine, once."""
    done: dict[str, Job] = {}

    def do(engine: str) -> Job:
        if engine not in done:
            done[engine] = _job(engine, make_realm, kc2fa, tmp_path_factory.mktemp(engine) / "people.csv")
        return done[engine]

    return do


@pytest.fixture(params=ENGINES)
def job(request: pytest.FixtureRequest, do: Do) -> Job:
    return do(request.param)


def _job(engine: str, make_realm: MakeRealm, kc2fa: Kc2fa, output: Path) -> Job:
    realm = make_realm(
        person("alice", email="alice@example.org", firstName="Alice", lastName="Ω"),
        person("disabled", enabled=False),
        person("enrolled", credentials=[otp_credential()]),
        person("enrolled-and-asked", credentials=[otp_credential()], requiredActions=["CONFIGURE_TOTP"]),
        person("marked-already", requiredActions=["CONFIGURE_TOTP"]),
        person("waiting", requiredActions=["VERIFY_EMAIL", "UPDATE_PASSWORD"]),
        person("glass"),
        *(person(name) for name in ("ünïcødé", "дмитрий", "王小明")),
        **OLD_POLICY,
        organizationsEnabled=True,
    )
    exempt = ("--reason", "r", "--approver", "a", "--expires", str(timestamps.today() + timedelta(days=1)))
    kc2fa("exempt", "add", "glass", *exempt, realm=realm)

    def run(*arguments: str) -> Run:
        return kc2fa(*arguments, "--json", "--engine", engine, realm=realm)

    return Job(
        engine=engine,
        realm=realm,
        users_before=realm.users(),
        preview=run("preview", "--output", str(output)),
        people=output.read_text(encoding="utf-8"),
        enforce=run("enforce", *CONFIRM),
        status=run("status"),
        again=run("enforce", *CONFIRM),
    )


def test_everybody_without_otp_is_asked_but_who_is_exempt(job: Job) -> None:
    assert job.realm.marked() == set(job.users_before) - {"enrolled", "glass"}


def test_other_required_actions_stay(job: Job) -> None:
    assert set(job.realm.user("waiting")["requiredActions"]) == {"VERIFY_EMAIL", "UPDATE_PASSWORD", "CONFIGURE_TOTP"}


def test_service_accounts_are_left_alone(job: Job) -> None:
    assert job.realm.user("service-account-enforcer")["requiredActions"] == []


def test_nothing_else_of_a_user_changes(job: Job) -> None:
    def without_actions(users: dict[str, Any]) -> dict[str, Any]:
        return {name: {**user, "requiredActions": None} for name, user in users.items()}

    assert without_actions(job.realm.users()) == without_actions(job.users_before)


def test_every_step_went_well(job: Job) -> None:
    assert [run.exit for run in (job.preview, job.enforce, job.status, job.again)] == [0, 0, 0, 0]


def test_the_answers_name_the_engine(job: Job) -> None:
    assert {run.data["engine"] for run in (job.preview, job.enforce, job.status, job.again)} == {job.engine}


def test_the_figures_add_up(job: Job) -> None:
    users = job.enforce.data["users"]
    assert users == {"total": 10, "enrolled": 2, "marked": 6, "already_marked": 1, "exempt": 1, "failed": 0}


def test_the_mark_is_the_same_in_all_answers(job: Job) -> None:
    assert job.status.data["run_id"] == job.again.data["run_id"] == job.enforce.data["run_id"]
    assert job.status.data["enforced_by"] == "service-account-enforcer"


def test_the_policy_is_brought_to_what_the_apps_support(job: Job) -> None:
    realm = job.realm.representation()
    now = {key: realm[key] for key in OLD_POLICY}
    enforced = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 6, "otpPolicyPeriod": 30}
    assert now == OLD_POLICY | enforced


def test_a_second_run_marks_nobody(job: Job) -> None:
    assert (job.again.data["users"]["marked"], job.again.data["changes"]) == (0, [])


@pytest.mark.parametrize("step", ["preview", "enforce", "status", "again"])
def test_both_give_the_same_answer(do: Do, step: str) -> None:
    one, other = (getattr(do(engine), step) for engine in ENGINES)
    assert _comparable(one.data) == _comparable(other.data)
    assert one.document["warnings"] == other.document["warnings"]


def test_both_name_the_same_people_in_the_file(do: Do) -> None:
    one, other = (sorted(_without_id(line) for line in do(engine).people.splitlines()) for engine in ENGINES)
    assert one == other
    assert len(one) == 11


def test_the_extension_is_taken_where_it_is(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    assert kc2fa("status", "--json", realm=make_realm()).data["engine"] == "extension"


def test_who_enforced_by_the_other_engine_is_remembered(do: Do, kc2fa: Kc2fa) -> None:
    realm = do("admin-api").realm
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["engine"] == "admin-api"


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in data.items() if name not in DIFFER}
    kept["users"] = {name: value for name, value in data["users"].items() if name != "counted_at"}
    for list_of_people in ("people", "exemptions"):
        kept[list_of_people] = [
            {name: value for name, value in each.items() if name not in {"user_id", "created_at"}}
            for each in kept.get(list_of_people, [])
        ]
    return kept


def _without_id(line: str) -> str:
    return line.partition(",")[2]
