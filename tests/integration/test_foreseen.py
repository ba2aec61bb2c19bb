"""Whom a preview says that cannot be asked, and whom the run then refuses: the same users, on the real server."""

from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, person, user_profile

from keycloak_2fa.warning_codes import WarningCode

BOTH = {"view": ["admin", "user"], "edit": ["admin", "user"]}
FOR_USERS = {"view": ["admin", "user"], "edit": ["user"]}
PHONE = {"name": "phone", "permissions": BOTH, "validations": {"pattern": {"pattern": "^\\+[0-9]+$"}}}
CITY = {"name": "city", "permissions": BOTH, "validations": {"length": {"min": 2, "max": 5}}}
NICK = {"name": "nick", "permissions": FOR_USERS, "validations": {"length": {"max": 2}}}
PLAN = {"name": "plan", "permissions": BOTH, "required": {}, "defaultValue": "basic"}
EMAIL = {"name": "email", "permissions": BOTH, "validations": {"email": {}, "length": {"max": 255}}}
NAME = {"name": "firstName", "permissions": BOTH, "validations": {"person-name-prohibited-characters": {}}}


def named(username: str, **attributes: str) -> dict[str, Any]:
    return person(username, attributes={name: [value] for name, value in attributes.items()})


REFUSED = [
    named("bad-phone", phone="491"),
    named("long-city", city="Reykjavik"),
    named("short-city", city="A"),
    person("bad-email", email="not an address"),
    person("bad-domain", email="jane@example..org"),
    person("bad-name", firstName="Jane <b>"),
]
ACCEPTED = [
    named("good", phone="+491", city=" Paris "),
    named("nick-of-their-own", nick="far too long"),
    person("quoted", email='"jane doe"@example.org'),
    person("umlaut", email="jane@m\u00fcller.example"),
    person("empty"),
]


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """Users whom an import brought in without looking, and a user profile that looks."""
    usual = [{"name": name, "permissions": BOTH} for name in ("username", "lastName")]
    profile = user_profile(PHONE, CITY, NICK, PLAN)
    realm = make_realm(*REFUSED, *ACCEPTED, components=profile)
    realm.put("users/profile", {"attributes": [*usual, EMAIL, NAME, PHONE, CITY, NICK, PLAN]})
    return realm


@pytest.fixture(scope="module")
def preview(realm: Realm, kc2fa: Kc2fa) -> Run:
    return kc2fa("preview", "--json", realm=realm)


@pytest.fixture(scope="module")
def enforced(preview: Run, realm: Realm, kc2fa: Kc2fa) -> Run:
    assert preview.exit == 0
    return kc2fa("enforce", "--json", *CONFIRM, realm=realm)


def who(run: Run) -> set[str]:
    return {each["username"] for each in run.data["failures"]}


def test_the_run_refuses_those_whose_stored_profile_is_invalid(enforced: Run) -> None:
    assert (enforced.exit, who(enforced)) == (5, {each["username"] for each in REFUSED})


def test_the_preview_foresaw_just_them(preview: Run, enforced: Run) -> None:
    assert who(preview) == who(enforced)


def test_the_preview_counts_them(preview: Run) -> None:
    users = preview.data["users"]
    assert (users["failed"], users["to_mark"]) == (len(REFUSED), len(ACCEPTED))


def test_the_preview_says_why(preview: Run) -> None:
    reasons = {each["username"]: each["reason"] for each in preview.data["failures"]}
    assert ("phone" in reasons["bad-phone"], "pattern" in reasons["bad-phone"]) == (True, True)


def test_validators_that_only_the_server_can_judge_are_said(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    size = {"name": "size", "permissions": BOTH, "validations": {"options": {"options": ["S", "M"]}}}
    run = kc2fa("preview", "--json", realm=make_realm(named("jane", size="XXL"), components=user_profile(size)))
    assert "size: options" in run.warned[WarningCode.PROFILE_NOT_JUDGED]
