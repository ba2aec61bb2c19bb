"""One request to the extension's endpoints, and its answer read strictly."""

import json
from typing import Any, TypeVar

import requests
from pydantic import ValidationError

from keycloak_2fa.api import responses
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.retry import TransientError
from keycloak_2fa.documents import Document
from keycloak_2fa.errors import NotKeycloakError, ServerFailingError

D = TypeVar("D", bound=Document)

_TIMEOUT_SECONDS = (10, 3600)
"""To connect, and to answer: counting or marking millions of people is one request."""


def get(api: AdminApi, path: str, kind: type[D]) -> D:
    """The answer to one GET; waits while the server counts."""
    return parsed(kind, api.retrying(lambda: send(api, "GET", path)))


def send(api: AdminApi, method: str, path: str, body: Any = None) -> Any:
    """Send one request, once, and read its JSON."""
    try:
        with stream(api, method, path, body) as response:
            return responses.parse(method, response.status_code, response.content, None)
    except requests.RequestException as error:
        raise responses.cut_short() from error


def stream(api: AdminApi, method: str, path: str, body: Any = None) -> requests.Response:
    """Send one request and read no more than the head of the answer."""
    token = api.bearer()

    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        # Given as `auth`, or a .netrc of the user would be taken instead.
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    try:
        response = requests.request(
            method,
            f"{api.settings.server_url}/{path}",
            json=body,
            auth=authorize,
            verify=api.ca_file,
            stream=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except requests.ReadTimeout as error:
        # It may be at it still: asked again it would do the same once more, beside.
        raise ServerFailingError("The server does not answer in time.", "Check its load, and run it again.") from error
    except requests.RequestException as error:
        raise TransientError("does not answer") from error
    if response.status_code != requests.codes.ok:
        with response:
            responses.check(response.status_code, response.content, response.headers.get("Retry-After"))
    return response


def parsed(kind: type[D], answer: Any) -> D:
    """An answer as the document that it must be; a field that this version does not know is left out.

    Raises:
        NotKeycloakError: A field is missing, or of another type: the jar is of another version.
    """
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        raise NotKeycloakError(
            "The extension's answer is not one that this kc2fa knows.",
            "Use the jar that belongs to this version, or --engine admin-api.",
        ) from error


def parsed_line(kind: type[D], line: bytes) -> D:
    """A line of JSON as `parsed`, by pydantic's quick parser; it refuses half a character, which some names hold.

    Raises:
        NotKeycloakError: See `parsed`.
        json.JSONDecodeError: It is no JSON.
    """
    try:
        return kind.model_validate_json(line)
    except ValidationError:
        return parsed(kind, json.loads(line))
