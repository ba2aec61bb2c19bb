"""How many requests one run takes."""

from collections import Counter

import pytest
from tests.extension.flows import copy
from tests.integration import forked
from tests.integration.command import CONFIRM, Kc2fa, Run, environment_for
from tests.integration.faults import proxy
from tests.integration.realms import MakeRealm, Realm, flow, people, service_account
from tests.integration.verify.audit import as_client, where

from embedded_keycloak.server import EmbeddedKeycloak

AT_MOST = 40
PROVIDER = {"providerId": "github", "enabled": True, "config": {"clientId": "us", "clientSecret": "secret"}}


@pytest.fixture(scope="module")
def realm(make_audited: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """100 clients, half of them with a flow of their own, 20 identity providers each with its flow, and 30 flows."""
    keeper = service_account("keeper", "manage-realm", "manage-users", "view-clients", "view-identity-providers")
    realm = make_audited(
        *people(50), clients=(keeper,), authenticationFlows=[flow(f"flat {n:02}", [OTP]) for n in range(12)]
    )
    for number in range(11):
        copy(realm, "browser", f"nested {number:02}")
    flows = realm.get("authentication/flows")
    assert len(flows) == 30
    ids = {each["alias"]: each["id"] for each in flows}
    for number in range(20):
        after = f"nested {number:02}" if number < 8 else f"flat {number - 8:02}"
        realm.post(
            "identity-provider/instances",
            PROVIDER | {"alias": f"idp-{number:02}", "postBrokerLoginFlowAlias": after},
        )
    for number in range(100):
        own = {"browser": ids[f"nested {8 + number % 3:02}"]} if number % 2 else {}
        client = {"clientId": f"client-{number:03}", "authenticationFlowBindingOverrides": own}
        realm.post("clients", client | {"redirectUris": ["http://127.0.0.1:9/*"], "directAccessGrantsEnabled": True})
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


OTP = "auth-otp-form"


@pytest.mark.parametrize("client", ["auditor", "keeper"])
def test_a_large_realm_takes_at_most_40(realm: Realm, keycloak: EmbeddedKeycloak, client: str) -> None:
    with proxy(keycloak.url) as counting:
        environment = environment_for(keycloak, realm, **as_client(client), KC2FA_SERVER_URL=counting.url)
        run = Run(*forked.run(["verify", "--json"], environment, "", timeout=280))
    assert (len(where(run, "client-flow-override")), len(where(run, "broker-without-2fa"))) == (50, 8)
    assert len(counting.requests) <= AT_MOST, Counter(counting.requests)


def test_who_may_export_the_realm_needs_fewer(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    counts = {}
    for client in ("auditor", "keeper"):
        with proxy(keycloak.url) as counting:
            environment = environment_for(keycloak, realm, **as_client(client), KC2FA_SERVER_URL=counting.url)
            Run(*forked.run(["verify", "--json"], environment, "", timeout=280))
        counts[client] = len([each for each in counting.requests if "executions" in each[1]])
    assert (counts["auditor"], counts["keeper"]) == (13, 4)


@pytest.mark.slow
def test_a_report_reads_nothing_of_a_realm_twice(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    with proxy(keycloak.url) as counting:
        environment = environment_for(keycloak, realm, **as_client("auditor"), KC2FA_SERVER_URL=counting.url)
        assert Run(*forked.run(["report", "--json"], environment, "", timeout=280)).exit == 0
    reads = [path for method, path in counting.requests if method == "GET"]
    counts = [len([path for path in reads if path.endswith(end)]) for end in ("/two-factor-enforcement", "/serverinfo")]
    # The state is read once more, right before the figures are kept with it.
    assert counts == [2, 1], Counter(reads)
