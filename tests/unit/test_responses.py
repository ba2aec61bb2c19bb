"""What an answer of Keycloak, or of something in its place, means."""

import json
from typing import Any

import pytest

from keycloak_2fa.api import responses
from keycloak_2fa.api.responses import BadRequestError, ConflictError, NotFoundError
from keycloak_2fa.api.retry import TransientError
from keycloak_2fa.errors import (
    AccessError,
    Error,
    LoginRefusedError,
    NotKeycloakError,
    RoleMissingError,
    UnknownRealmError,
)

HTML = b"<html><body>Not Found</body></html>"


def body(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def refused_login(status: int, content: bytes, *, person: bool = False) -> Error:
    error = responses.login_failure(status, content, "example", person=person)
    assert isinstance(error, Error)
    return error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, NotKeycloakError),
        (400, BadRequestError),
        (401, AccessError),
        (403, RoleMissingError),
        (404, NotFoundError),
        (405, NotKeycloakError),
        (409, ConflictError),
        (415, NotKeycloakError),
        (429, TransientError),
        (500, TransientError),
        (501, TransientError),
        (502, TransientError),
        (503, TransientError),
        (504, TransientError),
    ],
)
@pytest.mark.parametrize("content", [b"", HTML, body(error="x")], ids=["empty", "HTML", "JSON"])
def test_the_status_decides_what_an_answer_means(status: int, kind: type[Exception], content: bytes) -> None:
    assert type(responses.failure(status, content)) is kind


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_tried_until_the_retry_timeout(status: int) -> None:
    fault = responses.failure(status, b"")

    assert isinstance(fault, TransientError)
    assert fault.attempts is None


@pytest.mark.parametrize("status", [500, 501, 505])
def test_an_internal_error_is_tried_a_few_times_only(status: int) -> None:
    fault = responses.failure(status, b"")

    assert isinstance(fault, TransientError)
    assert fault.attempts == 5


@pytest.mark.parametrize("retry_after", [None, 0.0, 7.0])
def test_a_busy_server_says_when_to_come_back(retry_after: float | None) -> None:
    fault = responses.failure(429, b"", retry_after)

    assert isinstance(fault, TransientError)
    assert fault.retry_after == retry_after


def test_a_refused_request_gives_its_reason() -> None:
    error = responses.failure(400, body(errorMessage="error-user-attribute-required", field="phone"))

    assert isinstance(error, BadRequestError)
    assert error.detail == "phone: error-user-attribute-required"


def test_a_missing_role_is_named() -> None:
    error = responses.failure(403, body(error="HTTP 403 Forbidden"))

    assert isinstance(error, RoleMissingError)
    assert "manage-users" in error.hint


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        pytest.param(body(errorMessage="User exists"), "User exists", id="errorMessage"),
        pytest.param(body(error="unknown_error"), "unknown_error", id="error"),
        pytest.param(body(error="invalid_grant", error_description="Wrong"), "Wrong", id="a description"),
        pytest.param(body(message="no"), "no", id="message"),
        pytest.param(
            body(
                error="User not found",
                error_description="For more on this error consult the server log at the debug level.",
            ),
            "User not found",
            id="a description that says nothing",
        ),
        pytest.param(body(errorMessage="", error="x"), "x", id="an empty errorMessage"),
        pytest.param(body(errorMessage="User is read only."), "User is read only", id="a final full stop"),
        pytest.param(body(errorMessage="bad", field="email"), "email: bad", id="a field"),
        pytest.param(body(errorMessage="bad", field=None), "bad", id="a null field"),
        pytest.param(
            body(errors=[{"errorMessage": "bad", "field": "email"}, {"errorMessage": "too long"}]),
            "email: bad; too long",
            id="several errors",
        ),
        pytest.param(body(errorMessage="bad", errors=[]), "bad", id="an empty list of errors"),
        pytest.param(body(errorMessage="名前は既に存在します"), "名前は既に存在します", id="another script"),
        pytest.param(body(), "no reason given", id="an empty object"),
        pytest.param(b"", "no reason given", id="no body"),
        pytest.param(HTML, "no reason given", id="HTML"),
        pytest.param(b'{"errorMessage": "cu', "no reason given", id="a body cut short"),
        pytest.param(b"\xff\xfe\x00", "no reason given", id="bytes"),
        pytest.param(b'["a list"]', "no reason given", id="a list"),
        pytest.param(b"null", "no reason given", id="null"),
        pytest.param(
            body(errors=["the name is taken"]),
            "the name is taken",
            id="a list of sentences",
        ),
        pytest.param(
            body(errors=5, errorMessage="bad"),
            "bad",
            id="errors that are no list",
        ),
    ],
)
def test_the_reason_in_a_body(content: bytes, detail: str) -> None:
    assert responses.detail(content) == detail


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("content", [b"", HTML], ids=["empty", "HTML"])
def test_a_login_is_tried_again_while_the_server_is_away(status: int, content: bytes) -> None:
    assert isinstance(responses.login_failure(status, content, "example", person=False), TransientError)


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        pytest.param(
            401,
            body(error="unauthorized_client", error_description="Invalid client or Invalid client credentials"),
            LoginRefusedError,
            id="a wrong client secret",
        ),
        pytest.param(
            401,
            body(error="invalid_grant", error_description="Invalid user credentials"),
            LoginRefusedError,
            id="a wrong password",
        ),
        pytest.param(
            400,
            body(error="invalid_grant", error_description="Account is not fully set up"),
            LoginRefusedError,
            id="not fully set up",
        ),
        pytest.param(404, body(error="Realm does not exist"), UnknownRealmError, id="an unknown realm"),
        pytest.param(
            404,
            body(
                error="Realm does not exist",
                error_description="For more on this error consult the server log at the debug level.",
            ),
            UnknownRealmError,
            id="an unknown realm, as older servers say it",
        ),
        pytest.param(404, HTML, NotKeycloakError, id="another web server"),
        pytest.param(404, b"", NotKeycloakError, id="nothing there"),
        pytest.param(
            404, body(error="Unable to find matching target resource method"), NotKeycloakError, id="no /auth"
        ),
        pytest.param(405, b"", NotKeycloakError, id="a static site"),
        pytest.param(403, HTML, NotKeycloakError, id="a firewall"),
        pytest.param(400, body(detail="Bad Request"), NotKeycloakError, id="another API"),
        pytest.param(302, b"", NotKeycloakError, id="a redirect"),
    ],
)
def test_what_a_refused_login_means(status: int, content: bytes, kind: type[Error]) -> None:
    assert type(refused_login(status, content)) is kind


def test_a_refused_login_names_the_realm_and_the_reason() -> None:
    error = refused_login(401, body(error="invalid_grant", error_description="Invalid user credentials"))

    assert error.message == "Keycloak refuses the login to realm 'example': Invalid user credentials."


def test_a_refused_login_without_a_description_gives_the_code() -> None:
    assert "invalid_client" in refused_login(401, body(error="invalid_client")).message


def test_an_unknown_realm_is_named_together_with_the_flag_for_another() -> None:
    error = refused_login(404, body(error="Realm does not exist"))

    assert "'example'" in error.message
    assert "--auth-realm" in error.hint


@pytest.mark.parametrize(
    ("person", "reason", "hint"),
    [
        pytest.param(False, "Invalid client credentials", "KC2FA_CLIENT_ID", id="a service account"),
        pytest.param(True, "Invalid user credentials", "--otp", id="an admin user"),
        pytest.param(True, "Account is not fully set up", "in a browser", id="an account to be set up"),
    ],
)
def test_the_hint_fits_whoever_logs_in(person: bool, reason: str, hint: str) -> None:
    content = body(error="invalid_grant", error_description=reason)

    assert hint in refused_login(400, content, person=person).hint


@pytest.mark.parametrize(
    ("status", "content", "value"), [(200, b'[{"id": 1}]', [{"id": 1}]), (204, b"", None), (201, b"", None)]
)
def test_an_answer_is_its_json_where_it_has_some(status: int, content: bytes, value: object) -> None:
    assert responses.parse("POST", status, content, None) == value


@pytest.mark.parametrize("content", [b'[{"id": 1}', b"", b"<html>"])
def test_an_answer_that_ends_early_is_worth_another_request(content: bytes) -> None:
    with pytest.raises(TransientError, match="cut its answer short"):
        responses.parse("GET", 200, content, None)


def test_a_page_that_broke_off_on_the_server_is_worth_another_request() -> None:
    content = body(error="Cannot parse the JSON")

    with pytest.raises(TransientError):
        responses.parse("GET", 400, content, None)
    with pytest.raises(responses.BadRequestError):
        responses.parse("PUT", 400, content, None)


def test_an_answer_that_says_when_to_come_back_is_heeded() -> None:
    with pytest.raises(TransientError) as caught:
        responses.parse("GET", 429, b"", "7")

    assert caught.value.retry_after == 7
