"""Users whom Keycloak will not let us write: who, why, and what mends them."""

from dataclasses import replace
from typing import Any

import pytest

from keycloak_2fa.api.responses import BadRequestError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.people import refusals, user_profile
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.user_profile import UserProfile

JANE = Person(
    id="id-1",
    username="jane",
    email="j@example.org",
    enabled=True,
    has_otp=False,
    required_actions=(),
    federation=None,
    attributes={"username": ("jane",), "email": ("jane@example.org",)},
)


@pytest.mark.parametrize(
    ("rule", "concerns_us"),
    [
        pytest.param({}, False, id="no rule"),
        pytest.param({"required": None}, False, id="a null rule"),
        pytest.param({"required": {}}, True, id="always"),
        pytest.param({"required": {"roles": ["user"]}}, False, id="for users"),
        pytest.param({"required": {"roles": ["admin"]}}, True, id="for administrators"),
        pytest.param({"required": {"roles": ["admin", "user"]}}, True, id="for both"),
        pytest.param({"required": {"roles": []}}, True, id="for no role in particular"),
        pytest.param({"required": {"scopes": ["phone"]}}, False, id="for a client scope"),
        pytest.param({"required": {"roles": ["user"], "scopes": ["phone"]}}, False, id="for users, by scope"),
        pytest.param({"required": {"roles": [], "scopes": []}}, True, id="two empty lists"),
        pytest.param({"required": {"roles": ["admin"], "scopes": ["phone"]}}, False, id="both, by scope"),
    ],
)
def test_which_rules_concern_an_administrator(rule: dict[str, Any], concerns_us: bool) -> None:
    required = user_profile.required_attributes({"attributes": [{"name": "phone", **rule}]})

    assert required == ({"phone"} if concerns_us else set())


def test_every_required_attribute_is_found() -> None:
    profile = {
        "attributes": [
            {"name": "a", "required": {}},
            {"name": "b"},
            {"name": "c", "required": {"roles": ["admin"]}},
        ]
    }

    assert user_profile.required_attributes(profile) == {"a", "c"}


def test_a_profile_without_attributes_requires_none() -> None:
    assert user_profile.required_attributes({}) == set()


def test_whoever_has_what_is_required_is_not_refused() -> None:
    assert refusals.foreseen(JANE, UserProfile(frozenset({"email"}))) is None


def test_a_foreseen_refusal_names_the_person() -> None:
    refusal = refusals.foreseen(JANE, UserProfile(frozenset({"phone"})))

    assert refusal is not None
    assert (refusal.user_id, refusal.username) == ("id-1", "jane")


def test_a_foreseen_refusal_names_all_that_is_missing_and_nothing_else() -> None:
    refusal = refusals.foreseen(JANE, UserProfile(frozenset({"phone", "email", "city"})))

    assert refusal is not None
    assert refusal.reason == "the user profile requires city, phone, and there is no value"


def test_a_refusal_gives_keycloaks_own_reason() -> None:
    assert refusals.from_error(JANE, BadRequestError("phone: error-user-attribute-required")).reason == (
        "phone: error-user-attribute-required"
    )


KEPT_OUTSIDE = replace(JANE, id="f:storage-1:jane", federation="storage-1")
IMPORTED = replace(JANE, federation="storage-1")


@pytest.mark.parametrize(
    ("person", "reason", "fix"),
    [
        pytest.param(KEPT_OUTSIDE, "The user is read-only.", "login flow", id="kept outside Keycloak"),
        pytest.param(IMPORTED, "User is read only!", "Enable the user federation provider", id="storage off"),
        pytest.param(JANE, "The user is READ-ONLY", "organization", id="organization off"),
        pytest.param(
            IMPORTED,
            "The user is read-only. Storage 'x' is unavailable",
            "Bring the user federation provider back",
            id="away",
        ),
    ],
)
def test_what_mends_a_read_only_user_depends_on_why_they_are(person: Person, reason: str, fix: str) -> None:
    assert fix in refusals.from_error(person, BadRequestError(reason)).fix


def test_a_person_of_an_unwritable_storage_is_foreseen_with_its_reason() -> None:
    refusal = refusals.foreseen(
        KEPT_OUTSIDE, UserProfile(frozenset()), {"storage-1": "import is off, so they are read-only"}
    )

    assert refusal is not None
    assert (refusal.reason, "login flow" in refusal.fix) == ("import is off, so they are read-only", True)


def test_a_person_of_another_storage_is_not() -> None:
    assert refusals.foreseen(KEPT_OUTSIDE, UserProfile(frozenset()), {"storage-2": "import is off"}) is None


def test_an_invalid_profile_is_mended_in_the_profile() -> None:
    assert "user's profile" in refusals.from_error(JANE, BadRequestError("error-invalid-email")).fix


def test_any_other_error_gives_its_message_and_its_hint() -> None:
    refusal = refusals.from_error(JANE, RoleMissingError("The role is not enough.", "Give it another."))

    assert (refusal.reason, refusal.fix) == ("The role is not enough.", "Give it another.")
