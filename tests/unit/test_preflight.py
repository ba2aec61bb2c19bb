"""Consent and accepted risks: the part of the preflight that needs no server."""

import pytest

from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.preflight import Risk
from keycloak_2fa.errors import ConfirmMismatchError, NoConsentError, UsageError


def test_the_words_of_consent_are_accepted() -> None:
    preflight.check_consent("Enforce 2FA")


def test_no_words_are_no_consent() -> None:
    with pytest.raises(NoConsentError):
        preflight.check_consent(None)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "yes",
        "enforce 2fa",
        "ENFORCE 2FA",
        "Enforce 2FA ",
        " Enforce 2FA",
        "Enforce  2FA",
        "Enforce 2FA\n",
    ],
)
def test_other_words_do_not_match(words: str) -> None:
    with pytest.raises(ConfirmMismatchError):
        preflight.check_consent(words)


@pytest.mark.parametrize("words", [None, "yes"])
def test_a_refusal_says_what_to_write(words: str | None) -> None:
    with pytest.raises((NoConsentError, ConfirmMismatchError)) as refused:
        preflight.check_consent(words)

    assert '--confirm "Enforce 2FA"' in refused.value.hint


@pytest.mark.parametrize(
    ("names", "risks"),
    [
        ([], set()),
        (["caller-lockout"], {Risk.CALLER_LOCKOUT}),
        (["unwritable-users"], {Risk.UNWRITABLE_USERS}),
        (["unwritable-users", "caller-lockout", "unwritable-users"], set(Risk)),
    ],
)
def test_risks_are_accepted_by_name(names: list[str], risks: set[Risk]) -> None:
    assert preflight.risks(names) == risks


@pytest.mark.parametrize("name", ["", "all", "CALLER_LOCKOUT", "Caller-Lockout", "caller-lockout,unwritable-users"])
def test_a_risk_that_there_is_not_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError):
        preflight.risks(["caller-lockout", name])


def test_whoever_misspells_a_risk_is_told_the_risks() -> None:
    with pytest.raises(UsageError) as refused:
        preflight.risks(["lockout"])

    assert all(risk in refused.value.hint for risk in Risk)


def test_whoever_misspells_a_risk_is_told_which() -> None:
    with pytest.raises(UsageError) as refused:
        preflight.risks(["lockout"])

    assert "'lockout'" in refused.value.message
