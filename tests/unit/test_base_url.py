"""The base URL in what users give instead of it."""

import pytest

from keycloak_2fa import base_url
from keycloak_2fa.errors import BadUrlError
from keycloak_2fa.settings import server_url


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://id.example.org", "https://id.example.org"),
        ("https://id.example.org/", "https://id.example.org"),
        ("https://id.example.org/auth", "https://id.example.org/auth"),
        ("https://id.example.org/admin", "https://id.example.org"),
        ("https://id.example.org/admin/master/console/", "https://id.example.org"),
        ("https://id.example.org:8443/auth/admin/master/console", "https://id.example.org:8443/auth"),
        ("https://id.example.org/realms/example", "https://id.example.org"),
        ("https://id.example.org/auth/realms/example/account", "https://id.example.org/auth"),
        ("https://id.example.org/sso/realms/realms", "https://id.example.org/sso"),
    ],
)
def test_what_belongs_to_a_page_is_cut_off(given: str, base: str) -> None:
    assert base_url.trimmed(given) == base


def test_without_auth_is_tried_for_a_url_with_it() -> None:
    assert base_url.candidates("https://id.example.org/auth") == ("https://id.example.org",)


def test_with_auth_is_tried_for_a_url_without_it() -> None:
    assert base_url.candidates("https://id.example.org") == ("https://id.example.org/auth",)


def test_the_base_of_a_page_is_tried_first() -> None:
    assert base_url.candidates("https://id.example.org/sso/realms/x") == (
        "https://id.example.org/sso",
        "https://id.example.org/sso/auth",
        "https://id.example.org",
        "https://id.example.org/auth",
    )


def test_the_consoles_address_in_a_browser_is_told_its_base_url() -> None:
    with pytest.raises(BadUrlError) as refused:
        server_url("https://id.example.org/admin/master/console/#/example/users")
    assert refused.value.hint == "Give the base URL: https://id.example.org."
