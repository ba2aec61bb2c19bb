"""The guard as a realm has it, in states that a real server gives only by a fault."""

import pytest

from keycloak_2fa.realm import guard
from keycloak_2fa.realm.enforcement_state import OFF, EnforcementState, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.guard import ALIAS, LAST_CHECKS, Guard

ON, BY_EXTENSION = (EnforcementState(State.ON, engine=engine) for engine in ("admin-api", "extension"))
REGISTERED = {"alias": ALIAS, "enabled": True}
LIVE = Guard(offered=True, representation=REGISTERED)
NEVER = Guard(offered=True, representation=None)


def test_an_extension_with_all_parts_lets_no_login_past_the_guard() -> None:
    assert guard.parts_off(About("1", ("guard", *LAST_CHECKS))) == ()


@pytest.mark.parametrize("part", LAST_CHECKS)
def test_a_part_that_another_extension_replaced_is_named(part: str) -> None:
    about = About("1", tuple({"guard", *LAST_CHECKS} - {part}))
    assert guard.parts_off(about) == (part,)


def test_without_the_extension_all_are_off() -> None:
    assert guard.parts_off(None) == LAST_CHECKS


@pytest.mark.parametrize(
    "it",
    [NEVER, Guard(offered=False, representation=REGISTERED), Guard(offered=True, representation={"enabled": False})],
)
def test_it_is_live_only_where_it_is_offered_registered_and_enabled(it: Guard) -> None:
    assert LIVE.live
    assert not it.live


def test_one_that_was_never_registered_is_no_drift_where_the_extension_came_later() -> None:
    assert guard.drift(NEVER, ON) == ()
    assert guard.can_be_switched_on(NEVER, ON)


def test_one_that_is_not_registered_is_drift_where_the_extension_enforced() -> None:
    assert [each.setting for each in guard.drift(NEVER, BY_EXTENSION)] == [f"{ALIAS}.registered", f"{ALIAS}.enabled"]
    assert guard.can_be_switched_on(NEVER, BY_EXTENSION) == []


@pytest.mark.parametrize(
    ("it", "enforcement"), [(LIVE, ON), (NEVER, OFF), (Guard(offered=False, representation=None), ON)]
)
def test_there_is_nothing_to_switch_on(it: Guard, enforcement: EnforcementState) -> None:
    assert guard.can_be_switched_on(it, enforcement) == []


def test_uncovered_users_are_said_to_be_asked_while_it_is_live() -> None:
    [said] = guard.passed_on(LIVE, ON, 3)
    assert "(3)" in said
    assert guard.passed_on(LIVE, ON, 0) == guard.passed_on(LIVE, OFF, 3) == guard.passed_on(NEVER, ON, 3) == []
