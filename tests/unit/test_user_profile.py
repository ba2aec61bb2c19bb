"""What the user profile will say to a stored user, as far as it can be told without the server."""

from typing import Any

import pytest

from keycloak_2fa.people import user_profile
from keycloak_2fa.people.person import Person

BOTH = {"view": ["admin", "user"], "edit": ["admin", "user"]}


def person(**attributes: str) -> Person:
    named = {name: attributes.pop(name) for name in ("email", "firstName") if name in attributes}
    custom = {name: [value] for name, value in attributes.items()}
    user = {"id": "1", "username": "jane", "enabled": True, "totp": False, "requiredActions": [], "attributes": custom}
    return Person.from_representation(user | named)


def refused(validations: dict[str, Any], value: str, name: str = "x", **more: Any) -> bool:
    attribute = {"name": name, "permissions": BOTH, "validations": validations} | more
    return bool(user_profile.read({"attributes": [attribute]}).reasons(person(**{name: value})))


@pytest.mark.parametrize(
    ("config", "value", "is_refused"),
    [
        ({"max": 3}, "abc", False),
        ({"max": 3}, "abcd", True),
        ({"max": "3"}, "abcd", True),
        ({"max": 3}, " abc ", False),
        ({"max": 3, "trim-disabled": "true"}, " abc", True),
        ({"min": 2}, "a", True),
        ({"min": 2, "max": 3}, "ab", False),
        ({"max": 1}, "\N{GRINNING FACE}", True),
    ],
)
def test_length(config: dict[str, Any], value: str, is_refused: bool) -> None:
    assert refused({"length": config}, value) is is_refused


@pytest.mark.parametrize(
    ("pattern", "value", "is_refused"),
    [
        (r"^\+[0-9]+$", "+491", False),
        (r"^\+[0-9]+$", "491", True),
        (r"[a-z]+", "abc1", True),
        (r"\d+", "\N{ARABIC-INDIC DIGIT ONE}", True),
        # What Java and Python read differently, or Python not at all, is not judged.
        (r"\p{L}+", "1", False),
        (r"[a-z&&[^b]]+", "b", False),
        (r"(", "b", False),
    ],
)
def test_pattern(pattern: str, value: str, is_refused: bool) -> None:
    assert refused({"pattern": {"pattern": pattern}}, value) is is_refused


@pytest.mark.parametrize(
    ("value", "is_refused"),
    [
        ("jane@example.org", False),
        ("jane.doe+x@sub.example.org", False),
        ('"jane doe"@example.org', False),
        ("jane@localhost", False),
        ("jane@müller.example", False),
        ("jane@[127.0.0.1]", False),
        (f"{'x' * 65}@example.org", False),  # what the server allows nobody can see
        ("jane", True),
        ("@example.org", True),
        ("jane@", True),
        ("jane doe@example.org", True),
        ("jane@example..org", True),
        ("jane@example.org.", True),
        (f"jane@{'x' * 64}.org", True),
    ],
)
def test_email(value: str, is_refused: bool) -> None:
    assert refused({"email": {}}, value, "email") is is_refused


@pytest.mark.parametrize(("value", "is_refused"), [("Jane O'Neil-Smith", False), ("Jane <b>", True), ("a\nb", True)])
def test_a_name(value: str, is_refused: bool) -> None:
    assert refused({"person-name-prohibited-characters": {}}, value, "firstName") is is_refused


def test_what_an_administrator_cannot_edit_may_be_wrong() -> None:
    assert not refused({"length": {"max": 1}}, "abc", permissions={"view": ["admin"], "edit": ["user"]})


def test_a_username_may_be_wrong() -> None:
    profile = {"attributes": [{"name": "username", "permissions": BOTH, "validations": {"length": {"min": 9}}}]}
    assert user_profile.read(profile).reasons(person()) == []


def test_what_is_required_and_has_a_default_value_is_not_missed() -> None:
    profile = {"attributes": [{"name": "x", "permissions": BOTH, "required": {}, "defaultValue": "y"}]}
    assert user_profile.read(profile).reasons(person()) == []


def test_every_reason_is_told() -> None:
    attributes = [
        {"name": "phone", "permissions": BOTH, "required": {}},
        {"name": "x", "permissions": BOTH, "validations": {"length": {"max": 1}}},
    ]
    assert user_profile.read({"attributes": attributes}).reasons(person(x="abc")) == [
        "the user profile requires phone, and there is no value",
        "x does not pass the user profile's validator length",
    ]


def test_validators_that_only_the_server_can_judge_are_named() -> None:
    attributes = [
        {"name": "size", "permissions": BOTH, "validations": {"options": {"options": ["S"]}, "length": {"max": 9}}}
    ]
    assert user_profile.read({"attributes": attributes}).unjudged == ("size: options",)


@pytest.mark.parametrize("unjudged", [(), ("size: options",)])
def test_they_are_said_where_there_are_any(unjudged: tuple[str, ...]) -> None:
    assert len(user_profile.unjudged_warning(unjudged)) == len(unjudged)
