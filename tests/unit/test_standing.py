"""Who is asked and who is left alone."""

from collections import Counter

import pytest

from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing, actions_to_write, population, standing_of
from keycloak_2fa.realm.population import Population


def person(*due: str, has_otp: bool = False, enabled: bool = True, federation: str | None = None) -> Person:
    return Person("id-1", "jane", None, enabled, has_otp, due, federation, frozenset({"username"}))


@pytest.mark.parametrize(
    ("who", "exempt", "standing"),
    [
        pytest.param(person(), False, Standing.UNCOVERED, id="password only"),
        pytest.param(person("UPDATE_PASSWORD"), False, Standing.UNCOVERED, id="another action due"),
        pytest.param(person("CONFIGURE_TOTP"), False, Standing.PENDING, id="asked"),
        pytest.param(person("VERIFY_EMAIL", "CONFIGURE_TOTP"), False, Standing.PENDING, id="asked, among others"),
        pytest.param(person("configure_totp"), False, Standing.UNCOVERED, id="an alias in another case"),
        pytest.param(person(has_otp=True), False, Standing.ENROLLED, id="enrolled"),
        pytest.param(person("CONFIGURE_TOTP", has_otp=True), False, Standing.ENROLLED, id="enrolled and asked again"),
        pytest.param(person(), True, Standing.EXEMPT, id="exempt"),
        pytest.param(person("UPDATE_PASSWORD"), True, Standing.EXEMPT, id="exempt, another action due"),
        pytest.param(person("CONFIGURE_TOTP"), True, Standing.PENDING, id="exempt and asked all the same"),
        pytest.param(person(has_otp=True), True, Standing.ENROLLED, id="exempt and enrolled all the same"),
        pytest.param(person(enabled=False), False, Standing.UNCOVERED, id="disabled"),
        pytest.param(person("CONFIGURE_TOTP", enabled=False), False, Standing.PENDING, id="disabled and asked"),
        pytest.param(person(has_otp=True, enabled=False), False, Standing.ENROLLED, id="disabled and enrolled"),
        pytest.param(person(federation="ldap"), False, Standing.UNCOVERED, id="from a user federation provider"),
    ],
)
def test_where_a_person_stands(who: Person, exempt: bool, standing: Standing) -> None:
    assert standing_of(who, {who.id} if exempt else ()) is standing


def test_the_exemption_of_another_person_exempts_nobody_else() -> None:
    assert standing_of(person(), {"id-2"}) is Standing.UNCOVERED


def test_a_user_name_on_the_list_of_ids_exempts_nobody() -> None:
    assert standing_of(person(), {"jane"}) is Standing.UNCOVERED


@pytest.mark.parametrize(
    ("due", "written"),
    [
        ([], ["CONFIGURE_TOTP"]),
        (["UPDATE_PASSWORD"], ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]),
        (["Z", "A", "M"], ["Z", "A", "M", "CONFIGURE_TOTP"]),
    ],
)
def test_the_action_is_added_and_those_due_are_kept_in_order(due: list[str], written: list[str]) -> None:
    assert actions_to_write(person(*due)) == written


def test_whoever_is_written_stands_as_asked() -> None:
    written = person(*actions_to_write(person("VERIFY_EMAIL")))

    assert standing_of(written) is Standing.PENDING


def test_a_count_of_standings_becomes_a_population() -> None:
    counts = Counter({Standing.ENROLLED: 1, Standing.PENDING: 20, Standing.EXEMPT: 300, Standing.UNCOVERED: 4_000})

    assert population(counts) == Population(enrolled=1, pending=20, exempt=300, uncovered=4_000)


def test_a_standing_that_nobody_has_counts_zero() -> None:
    assert population(Counter({Standing.PENDING: 2})) == Population(pending=2)


def test_a_population_totals_everybody() -> None:
    assert Population(enrolled=1, pending=20, exempt=300, uncovered=4_000).total == 4_321


def test_nobody_is_no_population() -> None:
    assert Population().total == 0
