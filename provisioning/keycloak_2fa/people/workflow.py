"""The fallback for marking a user: Keycloak's Workflows add a required action where the plain update is refused.

A workflow step adds to the stored list without validating the profile, so it reaches a user whose profile
lacks a required attribute. It needs realm-admin and a Keycloak that has them (`versions`), and works asynchronously.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import BadRequestError, NotFoundError
from keycloak_2fa.errors import AccessError
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.realm.required_action import ALIAS

_WORKFLOW: Mapping[str, Any] = {
    "name": "keycloak-2fa: add CONFIGURE_TOTP",
    "enabled": True,
    "steps": [{"uses": "add-required-action", "with": {"action": ALIAS}}],
}
_SECONDS_TO_TAKE_EFFECT = 10.0
_LOOK_EVERY_SECONDS = 0.25


def available(api: AdminApi) -> bool:
    """Whether this server has Workflows and the caller may use them."""
    return _existing(api) is not None


def add_required_action(api: AdminApi, refused: Iterable[Refusal]) -> bool:
    """Add CONFIGURE_TOTP to users that the plain update refused, as far as they reach.

    Makes a workflow for the purpose and removes it again. Whether it reached a user shows in the next
    reading: this function waits until it did, or a few seconds, and promises nothing.

    Args:
        api: The logged-in caller's connection.
        refused: The users.

    Returns:
        Whether there are Workflows; see `available`.
    """
    existing = _existing(api)
    if existing is None:
        return False
    realm = api.settings.realm
    # One that an interrupted run left is used, and removed like one of our own.
    left = next((each["id"] for each in existing if each["name"] == _WORKFLOW["name"]), None)
    workflow_id = left or api.create(endpoints.workflows(realm), _WORKFLOW)
    try:
        waiting = {each.user_id for each in refused if _activate(api, workflow_id, each.user_id)}
        until = monotonic() + _SECONDS_TO_TAKE_EFFECT
        while waiting and monotonic() < until:
            waiting = {each for each in waiting if not has_required_action(api, each)}
            sleep(_LOOK_EVERY_SECONDS)
    finally:
        with suppress(NotFoundError):
            api.delete(endpoints.workflow(realm, workflow_id))
    return True


def _existing(api: AdminApi) -> list[dict[str, Any]] | None:
    """The realm's workflows; None where the server has no Workflows, or not for this caller."""
    try:
        return list(api.get(endpoints.workflows(api.settings.realm)))
    except (AccessError, NotFoundError, BadRequestError):
        return None


def _activate(api: AdminApi, workflow_id: str, user_id: str) -> bool:
    try:
        api.post(endpoints.workflow_activation(api.settings.realm, workflow_id, user_id))
    except (BadRequestError, NotFoundError):
        # Not for this user: their refusal stands, and names them.
        return False
    return True


def has_required_action(api: AdminApi, user_id: str) -> bool:
    """Whether CONFIGURE_TOTP is due for a user, or the user is gone."""
    try:
        user = api.get(endpoints.user(api.settings.realm, user_id))
    except NotFoundError:
        return True
    return ALIAS in user.get("requiredActions", ())
