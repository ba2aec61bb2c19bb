"""Flags before and after the command's name."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from keycloak_2fa.settings import EngineChoice
from keycloak_2fa_cli.flags import Flags, merged

VALUES: dict[str, tuple[Any, Any]] = {
    "server_url": ("https://a.example", "https://b.example"),
    "realm": ("a", "b"),
    "auth_realm": ("a", "b"),
    "client_id": ("a", "b"),
    "client_secret_file": (Path("a"), Path("b")),
    "username": ("a", "b"),
    "password_file": (Path("a"), Path("b")),
    "otp": ("111111", "222222"),
    "ca_file": (Path("a"), Path("b")),
    "concurrency": (1, 2),
    "engine": (EngineChoice.EXTENSION, EngineChoice.ADMIN_API),
    "profile": ("a", "b"),
}
SWITCHES = ["allow_http", "json"]


def test_every_flag_is_looked_at_here() -> None:
    assert {each.name for each in fields(Flags)} == {*VALUES, *SWITCHES}


@pytest.mark.parametrize("name", VALUES)
class TestAValue:
    def test_given_before_counts(self, name: str) -> None:
        value, _ = VALUES[name]

        assert merged(Flags(**{name: value}), Flags()) == Flags(**{name: value})

    def test_given_after_counts(self, name: str) -> None:
        value, _ = VALUES[name]

        assert merged(Flags(), Flags(**{name: value})) == Flags(**{name: value})

    def test_given_twice_counts_as_the_later_one(self, name: str) -> None:
        before, after = VALUES[name]

        assert merged(Flags(**{name: before}), Flags(**{name: after})) == Flags(**{name: after})


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize(
    ("before", "after", "on"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_a_switch_is_on_where_it_was_given_at_all(name: str, before: bool, after: bool, on: bool) -> None:
    assert merged(Flags(**{name: before}), Flags(**{name: after})) == Flags(**{name: on})


def test_flags_given_on_both_sides_add_up() -> None:
    assert merged(Flags(realm=["a"], json=True), Flags(server_url="https://a.example")) == Flags(
        realm=["a"], json=True, server_url="https://a.example"
    )
