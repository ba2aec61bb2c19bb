"""Answers that are lost while a flow is made: it is bound whole, or not at all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from tests.integration import windows
from tests.integration.command import Kc2fa, Run
from tests.integration.faults import Answer, Fault, Proxy, proxy
from tests.integration.harden.conftest import ANYWAY, AS_KEEPER, Harden
from tests.integration.realms import MakeRealm, Realm
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import SetUpTotp

PROVIDER = {"alias": "other", "providerId": "oidc", "enabled": True, "config": {"clientId": "x"}}


@pytest.fixture
def between(keycloak: EmbeddedKeycloak) -> Iterator[Proxy]:
    with proxy(keycloak.url) as it:
        yield it


@pytest.fixture
def harden_through(kc2fa: Kc2fa, between: Proxy) -> Callable[[Realm, str], Run]:
    """Runs `kc2fa harden` through the proxy."""

    def run(realm: Realm, way: str) -> Run:
        url = {"KC2FA_SERVER_URL": between.url}
        return kc2fa("harden", "--json", "--yes", *ANYWAY, "--fix", way, realm=realm, **AS_KEEPER, **url)

    return run


def first_lost(part: str) -> Fault:
    """The first thing that is created at such a path is, and the answer is lost."""
    lost = []

    def fault(request: web.Request, answer: Answer) -> Answer | None:
        if request.method != "POST" or not request.path.endswith(part) or lost:
            return answer
        lost.append(request.path)
        return None

    return fault


def steps(realm: Realm, alias: str) -> list[tuple[str, str, int]]:
    executions = realm.get(f"authentication/flows/{alias}/executions")
    return [(each["displayName"], each["requirement"], each["level"]) for each in executions]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["/browser/copy", "/executions/flow", "/authentication/executions", "/config"])
def test_of_a_copy(
    make_open: MakeRealm,
    harden: Harden,
    harden_through: Callable[[Realm, str], Run],
    keycloak: EmbeddedKeycloak,
    between: Proxy,
    part: str,
) -> None:
    # Given somebody without OTP, and a realm whose flow was made without a fault
    realm, undisturbed = make_open(windows.user("alice")), make_open()
    harden(undisturbed, "flow-conditional")
    # When an answer is lost
    between.fault = first_lost(part)
    run = harden_through(realm, "flow-conditional")
    # Then the flow that is bound is the same
    assert (run.exit, run.data["left"]) == (0, [])
    assert realm.representation()["browserFlow"] == "browser with 2FA"
    assert steps(realm, "browser with 2FA") == steps(undisturbed, "browser with 2FA")
    # And she can set up OTP, as everybody must
    assert isinstance(Windows(keycloak, realm).log_in("alice")[1], SetUpTotp)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["/authentication/flows", "/authentication/executions"])
def test_of_a_new_flow(
    make_open: MakeRealm, harden_through: Callable[[Realm, str], Run], between: Proxy, part: str
) -> None:
    realm = make_open(identityProviders=[PROVIDER])
    between.fault = first_lost(part)
    run = harden_through(realm, "broker-without-2fa")
    assert (run.exit, run.data["left"]) == (0, [])
    bound = realm.get_one("identity-provider/instances/other")["postBrokerLoginFlowAlias"]
    # A second form would refuse the code that the first one took.
    assert steps(realm, bound) == [("OTP Form", "REQUIRED", 0)]


def test_a_flow_that_does_not_demand_it_after_all_is_not_bound(
    make_open: MakeRealm, harden_through: Callable[[Realm, str], Run], between: Proxy
) -> None:
    # Given somebody who switches the new flow's step off as soon as it is there
    realm = make_open(identityProviders=[PROVIDER])

    def spoil(request: web.Request, answer: Answer) -> Answer:
        if request.method == "POST" and request.path.endswith("/authentication/executions"):
            path = "authentication/flows/identity provider with 2FA/executions"
            [step] = realm.get(path)
            realm.put(path, step | {"requirement": "DISABLED"})
        return answer

    between.fault = spoil
    # When
    run = harden_through(realm, "broker-without-2fa")
    # Then
    assert (run.exit, run.error["code"]) == (7, "still-open")
    provider: dict[str, Any] = realm.get_one("identity-provider/instances/other")
    assert not provider.get("postBrokerLoginFlowAlias")
