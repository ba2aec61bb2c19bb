"""Every error of ours has a code of its own and ends with the number of its family."""

import importlib
import pkgutil
from collections import Counter

import pytest

import keycloak_2fa
import keycloak_2fa_cli
from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa.demo import DemoServerError
from keycloak_2fa.errors import (
    AccessError,
    Error,
    NotHoldingError,
    PartlyDoneError,
    RefusedError,
    ServerError,
    UsageError,
)
from keycloak_2fa_cli import exit_codes

NUMBERS = {UsageError: 2, AccessError: 3, ServerError: 4, PartlyDoneError: 5, RefusedError: 6, NotHoldingError: 7}
OUTSIDE = {"interrupted", "bug"}
"""Errors of no family: the command ends with 130 and 1 for them."""


def below(kind: type[Error]) -> list[type[Error]]:
    return [kind, *(each for child in kind.__subclasses__() for each in below(child))]


def all_errors() -> list[type[Error]]:
    for package in (keycloak_2fa, keycloak_2fa_cli):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    ours = (keycloak_2fa.__name__, keycloak_2fa_cli.__name__)
    return [kind for kind in below(Error) if kind is not Error and kind.__module__.split(".")[0] in ours]


ERRORS = all_errors()
EMBEDDED_ERRORS = [EmbeddedKeycloakError, *EmbeddedKeycloakError.__subclasses__()]
each_error = pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)


@each_error
def test_an_error_has_a_code_of_its_own(kind: type[Error]) -> None:
    assert "code" in vars(kind)


def test_no_two_errors_share_a_code() -> None:
    assert [code for code, count in Counter(kind.code for kind in ERRORS).items() if count > 1] == []


@each_error
def test_a_code_can_be_written_in_a_script(kind: type[Error]) -> None:
    assert kind.code.replace("-", "").isalpha()
    assert kind.code == kind.code.lower()


@each_error
def test_an_error_belongs_to_one_family(kind: type[Error]) -> None:
    families = [family for family in NUMBERS if issubclass(kind, family)]

    assert len(families) == (0 if kind.code in OUTSIDE else 1)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(kind, number) for family, number in NUMBERS.items() for kind in below(family)],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_error_ends_with_the_number_of_its_family(kind: type[Error], number: int) -> None:
    error = kind.__new__(kind)

    assert exit_codes.of(error) == number


def test_an_error_of_no_family_is_a_bug() -> None:
    assert exit_codes.of(Error("x", "y")) == 1


def test_the_numbers_that_are_no_errors() -> None:
    assert (exit_codes.DONE, exit_codes.USAGE, exit_codes.INTERRUPTED) == (0, 2, 130)


@pytest.mark.parametrize("kind", EMBEDDED_ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_of_the_embedded_keycloak_keeps_its_code_message_and_hint(kind: type[EmbeddedKeycloakError]) -> None:
    told = DemoServerError(kind("what", "hint"))

    assert (told.code, told.message, told.hint, exit_codes.of(told)) == (kind.code, "what", "hint", 4)
