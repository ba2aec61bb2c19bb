"""Names in URLs."""

import re

import pytest

from keycloak_2fa.api import endpoints
from keycloak_2fa.errors import UsageError


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        pytest.param("example", "example", id="plain"),
        pytest.param("a b", "a%20b", id="a space"),
        pytest.param("a/b", "a%2Fb", id="a slash"),
        pytest.param("100%", "100%25", id="a percent sign"),
        pytest.param("a%2Fb", "a%252Fb", id="quoted already"),
        pytest.param("λ", "%CE%BB", id="Greek"),
        pytest.param("a?b#c", "a%3Fb%23c", id="query and fragment"),
        pytest.param("a+b&c=d", "a%2Bb%26c%3Dd", id="a form's characters"),
        pytest.param("...", "...", id="three dots"),
        pytest.param("../master", "..%2Fmaster", id="up and into another realm"),
        pytest.param("f:ldap:jane", "f%3Aldap%3Ajane", id="the id of a federated user"),
        pytest.param("a-b_c.d~e", "a-b_c.d~e", id="what needs no quoting"),
    ],
)
def test_a_name_becomes_one_segment(name: str, segment: str) -> None:
    assert endpoints.segment(name) == segment


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_every_client_takes_for_another_folder_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(name))):
        endpoints.user("example", name)


def test_realm_and_user_are_quoted_each_for_itself() -> None:
    assert endpoints.user("a/b", "c/d") == "admin/realms/a%2Fb/users/c%2Fd"


def test_a_workflow_is_started_for_a_user_of_any_id() -> None:
    path = endpoints.workflow_activation("r", "w", "f:ldap:jane doe")

    assert path == "admin/realms/r/workflows/w/activate/USERS/f%3Aldap%3Ajane%20doe"
