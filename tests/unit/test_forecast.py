"""What Keycloak will do next, as sentences."""

from typing import Any

import pytest

from keycloak_2fa.enforcement import forecast
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.settings import RealmSettings
from keycloak_2fa.warning_codes import WarningCode


def client(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "clientId": name,
        "enabled": True,
        "directAccessGrantsEnabled": True,
        "bearerOnly": False,
        **fields,
    }


def realm(*, digits: int = 6, code_reusable: bool = False, **representation: Any) -> RealmSettings:
    policy = OtpPolicy("totp", "HmacSHA1", digits, 30, 1, 0, code_reusable)
    return RealmSettings("example", policy, (), (), representation)


@pytest.mark.parametrize(
    "stats",
    [
        pytest.param([], id="no client"),
        pytest.param([{"clientId": "app", "active": "0", "offline": "0"}], id="none open"),
        pytest.param([{"clientId": "app"}], id="no figures"),
        pytest.param([{"active": None, "offline": None}], id="null figures"),
    ],
)
def test_nothing_is_said_where_no_session_is_open(stats: list[dict[str, Any]]) -> None:
    assert forecast.sessions(stats) == []


@pytest.mark.parametrize(
    ("users", "load"),
    [
        (3, "less than 0.1 logins/s, less than 0.1 vCPU"),
        (36_000, "about 10 logins/s, about 1.2 vCPU"),
        (1_000_000, "about 278 logins/s, about 35 vCPU"),
    ],
)
def test_the_first_logins_are_a_load(users: int, load: str) -> None:
    [sentence] = forecast.first_logins(users)
    assert sentence.code is WarningCode.FIRST_LOGINS
    assert all(what in sentence for what in (f" {users:,} users ", f" {load}; ", "--sign-out"))


def test_where_nobody_is_asked_there_is_no_load() -> None:
    assert forecast.first_logins(0) == []


def test_open_sessions_are_added_up_over_the_clients() -> None:
    stats = [{"active": "2", "offline": "0"}, {"active": "3", "offline": "4"}]

    [sentence] = forecast.sessions(stats)

    assert "(5 at clients, 4 offline)" in sentence


@pytest.mark.parametrize("kind", ["active", "offline"])
def test_sessions_of_either_kind_are_worth_a_sentence(kind: str) -> None:
    assert len(forecast.sessions([{kind: "1"}])) == 1


def test_the_flag_that_ends_sessions_is_named() -> None:
    assert "--sign-out" in forecast.sessions([{"active": "1"}])[0]


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param([], id="no client"),
        pytest.param([client("app", directAccessGrantsEnabled=False)], id="browser only"),
        pytest.param([client("app", enabled=False)], id="disabled"),
        pytest.param([client("app", bearerOnly=True)], id="bearer only"),
        pytest.param([{"clientId": "app"}], id="nothing said of it"),
    ],
)
def test_nothing_is_said_where_no_client_logs_in_by_password(harmless: list[dict[str, Any]]) -> None:
    assert forecast.direct_grants(harmless) == []


def test_clients_that_log_in_by_password_are_named_in_order() -> None:
    [sentence] = forecast.direct_grants([client("zebra"), client("ant"), client("app", enabled=False)])

    assert sentence.endswith(": ant, zebra.")


def test_whoever_logs_in_by_password_is_told_keycloaks_words() -> None:
    assert "'Account is not fully set up'" in forecast.direct_grants([client("app")])[0]


@pytest.mark.parametrize(
    ("count", "end"),
    [(10, ": c0, c1, c2, c3, c4, c5, c6, c7, c8, c9."), (11, "c9 and 1 more."), (25, "c9 and 15 more.")],
)
def test_ten_names_are_enough(count: int, end: str) -> None:
    names = [f"c{number}" if number < 10 else f"d{number}" for number in range(count)]

    [sentence] = forecast.direct_grants([client(name) for name in names])

    assert sentence.endswith(end)


def test_nothing_is_said_of_ordinary_settings() -> None:
    assert forecast.settings(realm()) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        pytest.param(realm(digits=8), WarningCode.DEVICES_STAY, id="another policy"),
        pytest.param(realm(code_reusable=True), WarningCode.CODE_REUSABLE, id="codes good twice"),
    ],
)
def test_a_setting_that_people_will_notice_is_told(settings: RealmSettings, code: WarningCode) -> None:
    assert [each.code for each in forecast.settings(settings)] == [code]


def test_each_setting_has_its_own_sentence() -> None:
    assert len(forecast.settings(realm(digits=8, code_reusable=True))) == 2


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param({}, id="no attributes"),
        pytest.param({"attributes": [{"name": "email"}]}, id="no default"),
        pytest.param({"attributes": [{"name": "email", "defaultValue": None}]}, id="a null default"),
    ],
)
def test_nothing_is_said_of_a_profile_without_defaults(profile: dict[str, Any]) -> None:
    assert forecast.profile_defaults(profile) == []


def test_attributes_that_a_write_fills_in_are_named_in_order() -> None:
    profile = {"attributes": [{"name": "tz", "defaultValue": "UTC"}, {"name": "lang", "defaultValue": ""}]}

    [sentence] = forecast.profile_defaults(profile)

    assert sentence.endswith(": lang, tz.")


def test_the_email_as_username_is_told_where_the_realm_uses_it() -> None:
    [warning] = forecast.email_as_username(realm(registrationEmailAsUsername=True))
    assert warning.code is WarningCode.USERNAME_FROM_EMAIL


def test_the_email_as_username_is_not_told_where_the_realm_does_not_use_it() -> None:
    assert forecast.email_as_username(realm(registrationEmailAsUsername=False)) == []
