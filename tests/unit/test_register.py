"""Where people stand, by digests of their ids: everybody is found again, and only those here are counted."""

import random
import tracemalloc
import uuid

import pytest

from keycloak_2fa.people.register import Known, Register

MANY = 5_000


def ids(count: int) -> list[str]:
    any_ = random.Random(count)
    return [str(uuid.UUID(int=any_.getrandbits(128))) for _ in range(count)]


def test_everybody_is_found_again() -> None:
    register, expected = Register(), {each: random.Random(each).choice(list(Known)) for each in ids(MANY)}
    for user_id, known in expected.items():
        register.put(user_id, known)
    assert {each: register.see(each) for each in expected} == expected
    assert len(register) == MANY


def test_nobody_else_is() -> None:
    register = Register()
    everybody = ids(2 * MANY)
    for user_id in everybody[:MANY]:
        register.put(user_id, Known.PENDING)
    assert {register.see(user_id) for user_id in everybody[MANY:]} == {None}


@pytest.mark.parametrize("user_id", ["", "f:storage:λ", "\udcff", "x" * 5_000], ids=repr)
def test_any_text_is_an_id(user_id: str) -> None:
    register = Register()
    register.put(user_id, Known.EXEMPT)
    assert register.see(user_id) is Known.EXEMPT


def test_what_is_put_later_holds() -> None:
    register = Register()
    register.put("jane", Known.UNCOVERED)
    register.put("jane", Known.MARKED)
    assert (register.see("jane"), len(register)) == (Known.MARKED, 1)


def test_only_who_is_in_the_list_last_read_is_counted() -> None:
    # Given three people of whom one is not in a second list, and one who comes after it
    register = Register()
    for user_id in ("anna", "bert", "carl"):
        register.put(user_id, Known.MARKED)
    register.read_again()
    register.see("anna")
    register.see("carl")
    register.put("dora", Known.MARKED)
    # Then
    assert register.count(Known.MARKED) == 3
    assert [register.is_here(each) for each in ("anna", "bert", "zora")] == [True, False, False]
    # And who went is still known
    assert register.see("bert") is Known.MARKED


def test_it_takes_little_memory() -> None:
    register, some = Register(), ids(40_000)
    tracemalloc.start()
    try:
        for user_id in some:
            register.put(user_id, Known.MARKED)
        current, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert current < 40 * len(some)
