"""The state of enforcement as a realm role."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from keycloak_2fa.realm import enforcement_state
from keycloak_2fa.realm.enforcement_state import EnforcementState, State

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi

ENFORCING = EnforcementState(
    State.ENFORCING,
    run_id="5f0e",
    started_at="2026-01-01T10:00:00Z",
    enforced_by="service-account-kc2fa",
    engine="admin-api",
)
ON = EnforcementState(
    State.ON,
    run_id="5f0e",
    started_at="2026-01-01T10:00:00Z",
    enforced_at="2026-01-01T10:05:00Z",
    enforced_by="γιώργος",
    engine="extension",
    accepted=("caller-lockout", "unwritable-users"),
)
NO_SERVER = cast("AdminApi", None)
"""Whatever uses it fails."""


@pytest.mark.parametrize(
    "written", [ENFORCING, ON, EnforcementState(State.ON), EnforcementState(State.ENFORCING)], ids=str
)
def test_what_is_written_is_what_is_read(written: EnforcementState) -> None:
    assert enforcement_state._from_role(enforcement_state._to_role(written)) == written


def test_the_role_warns_whoever_finds_it() -> None:
    assert enforcement_state._to_role(ON)["description"].startswith("2FA is currently set to: ON. Kept by keycloak-2fa")


def test_a_role_attribute_is_a_list_of_texts() -> None:
    values = enforcement_state._to_role(ON)["attributes"].values()

    assert all(isinstance(value, list) and all(isinstance(each, str) for each in value) for value in values)


def test_what_is_not_known_is_not_written() -> None:
    assert enforcement_state._to_role(EnforcementState(State.ENFORCING))["attributes"] == {"state": ["ENFORCING"]}


@pytest.mark.parametrize(
    "role",
    [
        pytest.param({"name": enforcement_state.ROLE}, id="no attributes"),
        pytest.param({"attributes": None}, id="null"),
        pytest.param({"attributes": {}}, id="emptied"),
        pytest.param({"attributes": {"state": []}}, id="a state without a value"),
        pytest.param({"attributes": {"state": ["OFF"]}}, id="a state written by hand"),
        pytest.param({"attributes": {"state": ["on"]}}, id="a state in another case"),
    ],
)
def test_a_role_that_somebody_spoiled_still_says_that_enforcement_began(role: dict[str, Any]) -> None:
    assert enforcement_state._from_role(role).state is State.ENFORCING


def test_a_spoiled_role_tells_nothing_that_it_does_not_hold() -> None:
    assert enforcement_state._from_role({"attributes": {}}) == EnforcementState(State.ENFORCING)


@pytest.mark.parametrize("state", ["OFF", "ENFORCING", "ON"])
def test_the_sentence_that_an_administrator_reads(state: str) -> None:
    assert EnforcementState(State(state)).message == f"2FA is currently set to: {state}"


def test_what_is_on_keeps_its_time_and_its_name() -> None:
    assert enforcement_state.finish(NO_SERVER, ON, accepted=()) is ON
