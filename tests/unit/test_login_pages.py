"""The key on the set-up page, read as RFC 6238 and RFC 4648 have it."""

import pytest

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import SetUpTotp, expect, read

PAGE = """
<html><head><title>Mobile Authenticator Setup</title></head><body>
<form action="/set-up" method="post"><input name="totp"><input type="hidden" name="totpSecret" value="{secret}"></form>
</body></html>
"""


def secret_of(raw: str) -> str:
    return expect(read(PAGE.format(secret=raw), "http://127.0.0.1/"), SetUpTotp).secret


def test_the_pages_secret_is_the_rfcs_in_base32() -> None:
    assert secret_of("12345678901234567890") == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("now", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_phone_gives_the_rfcs_codes_for_it(now: int, code: str) -> None:
    phone = Authenticator(Authenticator.typed(secret_of("12345678901234567890")).key, clock=lambda: now)
    assert phone.code() == code


def test_a_secret_that_does_not_fill_its_last_letters_has_no_padding() -> None:
    assert secret_of("1234567890123") == "GEZDGNBVGY3TQOJQGEZDG"
