"""What is read of the extension's answer about itself."""

from typing import Any

import pytest

from keycloak_2fa.api import two_factor
from keycloak_2fa.documents import ExtensionDocument
from keycloak_2fa.errors import NotKeycloakError

OLDER: dict[str, Any] = {"version": "0.0.9", "parts": ["guard"], "off": {}}


def test_an_older_jar_does_not_say_the_database() -> None:
    assert two_factor.parsed(ExtensionDocument, OLDER).database is None


@pytest.mark.parametrize("said", ["PostgreSQL 15.8", None])
def test_a_newer_one_does_as_far_as_keycloak_does(said: str | None) -> None:
    assert two_factor.parsed(ExtensionDocument, OLDER | {"database": said}).database == said


def test_a_database_that_is_not_text_is_no_answer_of_the_extension() -> None:
    with pytest.raises(NotKeycloakError):
        two_factor.parsed(ExtensionDocument, OLDER | {"database": 15})
