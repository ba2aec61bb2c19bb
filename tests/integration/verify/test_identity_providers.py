"""Identity providers after which nobody is asked for a second factor."""

from typing import Any

import pytest
from tests.integration.realms import MakeRealm, flow
from tests.integration.verify.audit import TIGHT, VerifyRealm, where

SOCIAL = ["github", "google", "facebook", "microsoft", "gitlab", "linkedin-openid-connect", "twitter"]


def provider(kind: str, **more: Any) -> dict[str, Any]:
    config = {"clientId": "us", "clientSecret": "secret"}
    return {"alias": f"by {kind}", "providerId": kind, "enabled": True, "config": config} | more


@pytest.mark.slow
@pytest.mark.parametrize("kind", SOCIAL)
def test_a_social_provider_is_named_until_a_flow_that_asks_is_run_after_it(
    make_audited: MakeRealm, verify: VerifyRealm, kind: str
) -> None:
    realm = make_audited(authenticationFlows=TIGHT, identityProviders=[provider(kind)])
    assert where(verify(realm), "broker-without-2fa") == [f"by {kind}"]
    path = f"identity-provider/instances/by%20{kind}"
    realm.put(path, realm.get_one(path) | {"postBrokerLoginFlowAlias": "browser with 2FA"})
    assert where(verify(realm), "broker-without-2fa") == []


def test_a_flow_of_one_step_that_asks_is_silent(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(
        authenticationFlows=[flow("asks", ["auth-otp-form"]), flow("does not", ["idp-review-profile"])],
        identityProviders=[
            provider("github", postBrokerLoginFlowAlias="asks"),
            provider("google", postBrokerLoginFlowAlias="does not"),
        ],
    )
    assert where(verify(realm), "broker-without-2fa") == ["by google"]
