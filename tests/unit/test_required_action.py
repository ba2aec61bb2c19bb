"""The required action CONFIGURE_TOTP: found, judged, and changed as little as possible."""

from typing import Any

import pytest

from keycloak_2fa.realm import required_action
from keycloak_2fa.realm.required_action import RequiredAction


def configure_totp(**fields: Any) -> dict[str, Any]:
    return {
        "alias": "CONFIGURE_TOTP",
        "name": "Configure OTP",
        "providerId": "CONFIGURE_TOTP",
        "enabled": True,
        "defaultAction": False,
        "priority": 54,
        "config": {},
        **fields,
    }


def found(representation: dict[str, Any]) -> RequiredAction:
    action = required_action.find([representation])
    assert action is not None
    return action


def test_it_is_found_among_the_others() -> None:
    others = {"alias": "UPDATE_PASSWORD"}, {"alias": "webauthn-register"}

    action = required_action.find([others[0], configure_totp(priority=7), others[1]])

    assert action is not None
    assert action.representation["priority"] == 7


@pytest.mark.parametrize(
    "registered",
    [
        pytest.param([], id="nothing registered"),
        pytest.param([{"alias": "UPDATE_PASSWORD"}], id="another one"),
        pytest.param([{"alias": "configure_totp"}], id="another case"),
        pytest.param([{"alias": "mine", "providerId": "CONFIGURE_TOTP"}], id="its provider by another alias"),
        pytest.param([{"enabled": True}], id="no alias"),
    ],
)
def test_it_is_not_found_where_it_is_not_registered(registered: list[dict[str, Any]]) -> None:
    assert required_action.find(registered) is None


@pytest.mark.parametrize(
    ("enabled", "default", "covered"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_new_users_are_covered_by_what_is_both_enabled_and_default(enabled: bool, default: bool, covered: bool) -> None:
    assert found(configure_totp(enabled=enabled, defaultAction=default)).covers_new_users is covered


def test_what_the_server_does_not_say_is_not_taken_for_true() -> None:
    assert found({"alias": "CONFIGURE_TOTP"}).covers_new_users is False


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("default", [True, False])
def test_enforcement_makes_it_cover_new_users(enabled: bool, default: bool) -> None:
    action = found(configure_totp(enabled=enabled, defaultAction=default))

    assert found(required_action.enforced(action)).covers_new_users


def test_enforcement_keeps_everything_else_of_it() -> None:
    action = found(configure_totp(name="2FA", priority=3, config={"max_auth_age": "60"}, future="field"))

    written = required_action.enforced(action)

    assert written == configure_totp(
        name="2FA", priority=3, config={"max_auth_age": "60"}, future="field", defaultAction=True
    )


def test_enforcement_does_not_change_what_was_read() -> None:
    action = found(configure_totp(defaultAction=False))

    required_action.enforced(action)

    assert action.representation["defaultAction"] is False


@pytest.mark.parametrize(
    ("enabled", "default", "differences"),
    [
        (True, True, []),
        (True, False, [("CONFIGURE_TOTP.defaultAction", False, True)]),
        (False, True, [("CONFIGURE_TOTP.enabled", False, True)]),
        (
            False,
            False,
            [("CONFIGURE_TOTP.enabled", False, True), ("CONFIGURE_TOTP.defaultAction", False, True)],
        ),
    ],
)
def test_the_differences_are_what_is_off(
    enabled: bool, default: bool, differences: list[tuple[str, bool, bool]]
) -> None:
    assert required_action.differences(found(configure_totp(enabled=enabled, defaultAction=default))) == differences
