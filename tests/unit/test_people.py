"""Reading a person strictly: a guess here would ask people who are enrolled."""

from typing import Any

import pytest

from keycloak_2fa.people.person import Person


def representation(**fields: Any) -> dict[str, Any]:
    return {
        "id": "id-1",
        "username": "jane",
        "enabled": True,
        "totp": False,
        "requiredActions": [],
        **fields,
    }


@pytest.mark.parametrize("missing", ["totp", "requiredActions", "id", "username", "enabled"])
def test_a_brief_representation_is_refused(missing: str) -> None:
    shown = representation()
    del shown[missing]

    with pytest.raises(KeyError, match=missing):
        Person.from_representation(shown)


@pytest.mark.parametrize("totp", [True, False])
def test_totp_says_whether_there_is_an_otp_credential(totp: bool) -> None:
    assert Person.from_representation(representation(totp=totp)).has_otp is totp


@pytest.mark.parametrize("enabled", [True, False])
def test_a_disabled_person_is_read_as_such(enabled: bool) -> None:
    assert Person.from_representation(representation(enabled=enabled)).enabled is enabled


def test_required_actions_keep_the_servers_order() -> None:
    due = Person.from_representation(representation(requiredActions=["Z", "A", "M"])).required_actions

    assert due == ("Z", "A", "M")


def test_a_person_without_email_has_none() -> None:
    assert Person.from_representation(representation()).email is None


def test_a_name_in_any_script_is_kept_as_it_is() -> None:
    assert Person.from_representation(representation(username="γιώργος 王")).username == "γιώργος 王"


@pytest.mark.parametrize(
    ("fields", "federation"),
    [
        pytest.param({}, None, id="local"),
        pytest.param({"federationLink": "ldap-1"}, "ldap-1", id="imported"),
        pytest.param({"origin": "custom-1"}, "custom-1", id="kept in the storage only"),
        pytest.param({"federationLink": ""}, None, id="an empty value"),
    ],
)
def test_the_user_storage_of_a_person(fields: dict[str, str], federation: str | None) -> None:
    assert Person.from_representation(representation(**fields)).federation == federation


@pytest.mark.parametrize(
    ("fields", "attributes"),
    [
        pytest.param({}, {"username"}, id="a user name only"),
        pytest.param({"email": "j@example.org"}, {"username", "email"}, id="an email"),
        pytest.param({"firstName": "Jane", "lastName": "Doe"}, {"username", "firstName", "lastName"}, id="names"),
        pytest.param({"email": "", "firstName": None}, {"username"}, id="fields without a value"),
        pytest.param({"attributes": {"phone": ["1"]}}, {"username", "phone"}, id="an attribute"),
        pytest.param({"attributes": {"phone": ["", "1"]}}, {"username", "phone"}, id="a second value"),
        pytest.param({"attributes": {"phone": []}}, {"username"}, id="an attribute without values"),
        pytest.param({"attributes": {"phone": [""]}}, {"username"}, id="an empty value"),
        pytest.param({"attributes": None}, {"username"}, id="no attributes at all"),
    ],
)
def test_attributes_count_where_they_have_a_value(fields: dict[str, Any], attributes: set[str]) -> None:
    assert set(Person.from_representation(representation(**fields)).attributes) == attributes


def test_a_totp_that_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Person.from_representation(representation(totp=None))
