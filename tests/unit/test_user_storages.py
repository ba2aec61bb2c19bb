"""User storages whose people cannot be marked."""

from typing import Any

import pytest

from keycloak_2fa.people import storages
from keycloak_2fa.people.storages import UserStorage


def storage(provider: str = "ldap", **config: str) -> UserStorage:
    component: dict[str, Any] = {"id": "1", "name": "staff", "providerId": provider}
    return storages.from_representation(component | {"config": {key: [value] for key, value in config.items()}})


def test_what_is_not_said_is_on() -> None:
    found = storage()

    assert (found.enabled, found.imports) == (True, True)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(storage(importEnabled="false"), "import off", id="LDAP without import"),
        pytest.param(storage(enabled="false"), "is off", id="LDAP that is off"),
        pytest.param(storage("own", enabled="false"), "is off", id="another kind that is off"),
    ],
)
def test_people_who_cannot_be_marked_have_a_reason(found: UserStorage, reason: str) -> None:
    assert reason in storages.unwritable([found])["1"]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(storage(), id="LDAP"),
        # Such a storage may keep required actions itself: the write will tell.
        pytest.param(storage("own", importEnabled="false"), id="another kind without import"),
    ],
)
def test_everybody_else_is_tried(found: UserStorage) -> None:
    assert storages.unwritable([found]) == {}
