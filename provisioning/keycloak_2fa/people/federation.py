"""User providers: where people come from who are kept outside Keycloak, and what that means for enforcement.

With import on Keycloak keeps a row for each person, which is listed and written like any other, and gets the
default actions when it is made. With import off there is no row: Keycloak lists the people while the provider
answers, but has no place for a required action of theirs. While a provider does not answer, Keycloak leaves
its people out of the list and says nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import BadRequestError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

_LDAP = "ldap"
_CONNECTION = ("connectionUrl", "authType", "bindDn", "bindCredential", "useTruststoreSpi", "startTls")
_TIMEOUT_MS = "5000"


@dataclass(frozen=True)
class FederationProvider:
    """A user federation provider of the realm.

    Attributes:
        id: Its id, which is a `Person`'s `federation`.
        name: Its name.
        provider: What kind it is, as in `ldap`.
        enabled: Whether Keycloak uses it.
        imports: Whether Keycloak keeps a row for each of its people.
        representation: The ComponentRepresentation it was read from; its secrets are masked.
    """

    id: str
    name: str
    provider: str
    enabled: bool
    imports: bool
    representation: Mapping[str, Any]

    @classmethod
    def from_representation(cls, component: Mapping[str, Any]) -> Self:
        """Read a ComponentRepresentation."""

        def on(key: str) -> bool:
            # Keycloak takes a setting that is missing for true.
            return next(iter(component["config"].get(key, ())), "true") == "true"

        return cls(
            id=component["id"],
            name=component["name"],
            provider=component["providerId"],
            enabled=on("enabled"),
            imports=on("importEnabled"),
            representation=component,
        )


def list_providers(api: AdminApi) -> tuple[FederationProvider, ...]:
    """The realm's user providers."""
    found = api.get(endpoints.components(api.settings.realm), type="org.keycloak.storage.UserStorageProvider")
    return tuple(FederationProvider.from_representation(each) for each in found)


def unwritable(providers: Iterable[FederationProvider]) -> dict[str, str]:
    """Providers whose people cannot be marked, each with the reason. Pure."""
    reasons = {}
    for each in providers:
        if not each.enabled:
            reasons[each.id] = f"the user federation provider {each.name!r} is disabled, so its users are read-only"
        elif each.provider == _LDAP and not each.imports:
            reasons[each.id] = f"the user federation provider {each.name!r} has import off, so its users are read-only"
    return reasons


def answering(api: AdminApi, providers: Iterable[FederationProvider]) -> dict[str, bool | None]:
    """Whether the providers that are on answer Keycloak now, by id; None where that cannot be asked."""
    return {each.id: _answers(api, each) for each in providers if each.enabled}


def _answers(api: AdminApi, provider: FederationProvider) -> bool | None:
    """None where the caller may not ask, or it is not LDAP."""
    if provider.provider != _LDAP:
        return None
    config = provider.representation["config"]
    # Keycloak puts the stored secret in where the mask comes back.
    settings = {key: config[key][0] for key in _CONNECTION if config.get(key)}
    test = {"action": "testAuthentication", "componentId": provider.id, "connectionTimeout": _TIMEOUT_MS}
    try:
        api.post(endpoints.test_ldap_connection(api.settings.realm), settings | test)
    except BadRequestError:
        return False
    except RoleMissingError:
        return None
    return True


def both(before: Mapping[str, bool | None], after: Mapping[str, bool | None]) -> dict[str, bool | None]:
    """Whether the providers answered at both moments, by id; None where that could not be asked. Pure."""
    return {each: False if before.get(each) is False else answers for each, answers in after.items()}


def silent(providers: Iterable[FederationProvider], answering: Mapping[str, bool | None]) -> tuple[str, ...]:
    """Names of the providers that do not answer, so that some of their people are not seen. Pure."""
    return tuple(each.name for each in providers if answering.get(each.id) is False)


def warnings(providers: Iterable[FederationProvider], answering: Mapping[str, bool | None]) -> list[CodedWarning]:
    """What enforcement cannot do for people of these providers, or cannot see. Pure.

    Args:
        providers: The realm's.
        answering: See `answering`.
    """
    said = []
    for each in providers:
        if each.id not in answering:
            continue
        if answering[each.id] is False:
            sentence = (
                f"The user federation provider {each.name!r} does not answer. Keycloak leaves out its users "
                "that it has not imported, so they were not seen. Run it again when the provider is back."
            )
            said.append(WarningCode.PROVIDER_SILENT.says(sentence))
        if each.provider == _LDAP and not each.imports:
            sentence = (
                f"The user federation provider {each.name!r} has import off: Keycloak stores no required action for "
                "its users, so each is named as one that cannot be marked. They set up 2FA only where the login flow "
                "requires it, or the server has the extension."
            )
            said.append(WarningCode.PROVIDER_IMPORT_OFF.says(sentence))
        elif answering[each.id] is None:
            sentence = f"Of the user federation provider {each.name!r} only users in Keycloak's list are seen."
            said.append(WarningCode.PROVIDER_NOT_SEEN.says(sentence))
    return said
