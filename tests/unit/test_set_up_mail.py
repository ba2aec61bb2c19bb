"""Who has nothing to log in with yet, and what a set-up mail leads them through."""

import pytest

from keycloak_2fa.invitations import set_up_mail


@pytest.mark.parametrize(
    ("types", "actions"),
    [
        ([], ("UPDATE_PASSWORD", "CONFIGURE_TOTP")),
        (["otp"], ("UPDATE_PASSWORD",)),
        (["password"], ("CONFIGURE_TOTP",)),
        (["password", "otp"], ()),
    ],
)
def test_a_mail_leads_through_what_is_lacking(types: list[str], actions: tuple[str, ...]) -> None:
    assert set_up_mail.actions(types, verify_email=False) == actions
    assert set_up_mail.actions(types, verify_email=True) == (*actions, "VERIFY_EMAIL")


@pytest.mark.parametrize("types", [[], ["otp"], ["otp", "recovery-authn-codes"], ["webauthn"]])
def test_a_second_factor_alone_lets_nobody_in(types: list[str]) -> None:
    assert not set_up_mail.can_log_in(types, identity_provider=False)


@pytest.mark.parametrize("kind", ["password", "webauthn-passwordless", "a-kind-of-the-users-own"])
def test_any_first_factor_does(kind: str) -> None:
    assert set_up_mail.can_log_in([kind, "otp"], identity_provider=False)


def test_an_identity_provider_does_too() -> None:
    assert set_up_mail.can_log_in([], identity_provider=True)
