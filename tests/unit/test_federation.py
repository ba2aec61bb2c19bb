"""User storages whose people cannot be marked."""

from typing import Any

import pytest

from keycloak_2fa.people import federation
from keycloak_2fa.people.federation import FederationProvider


def storage(provider: str = "ldap", **config: str) -> FederationProvider:
    component: dict[str, Any] = {"id": "1", "name": "staff", "providerId": provider}
    return FederationProvider.from_representation(
        component | {"config": {key: [value] for key, value in config.items()}}
    )


def test_what_is_not_said_is_on() -> None:
    found = storage()

    assert (found.enabled, found.imports) == (True, True)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(storage(importEnabled="false"), "import off", id="LDAP without import"),
        pytest.param(storage(enabled="false"), "is disabled", id="LDAP that is off"),
        pytest.param(storage("own", enabled="false"), "is disabled", id="another kind that is off"),
    ],
)
def test_people_who_cannot_be_marked_have_a_reason(found: FederationProvider, reason: str) -> None:
    assert reason in federation.unwritable([found])["1"]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(storage(), id="LDAP"),
        # Such a storage may keep required actions itself: the write will tell.
        pytest.param(storage("own", importEnabled="false"), id="another kind without import"),
    ],
)
def test_everybody_else_is_tried(found: FederationProvider) -> None:
    assert federation.unwritable([found]) == {}
