"""docs/library.md is run as it stands; and the library is called from within an event loop."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.command import environment_for
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, person
from tests.server import Keycloak

import keycloak_2fa
from keycloak_2fa import CONSENT, ServiceAccount, State, aio

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["synchronous", "asynchronous"])
def test_an_example_of_the_docs_runs(make_realm: MakeRealm, keycloak: Keycloak, example: str) -> None:
    realm = make_realm(person("alice"))

    done = subprocess.run(
        [sys.executable, "-c", example],
        env=environment_for(keycloak, realm),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (0, "")
    expected = "ON" if "enforce(" in example else "OFF"
    assert done.stdout.splitlines()[-1] == f"2FA is currently set to: {expected}"


def connected(keycloak: Keycloak, realm: Realm) -> keycloak_2fa.Realm:
    return keycloak_2fa.Realm(keycloak.url, realm.name, ServiceAccount(ENFORCER, ENFORCER_SECRET))


@pytest.mark.slow
def test_asynchronous_code_enforces_while_its_loop_goes_on(make_realm: MakeRealm, keycloak: Keycloak) -> None:
    realm = connected(keycloak, make_realm(person("alice"), person("bob")))
    turns = 0

    async def job() -> keycloak_2fa.Outcome:
        nonlocal turns
        work = asyncio.create_task(aio.enforce(realm, consent=CONSENT))
        while not work.done():
            turns += 1
            await asyncio.sleep(0.01)
        return await work

    done = asyncio.run(job())

    assert (done.enforcement.state, done.sweep.marked) == (State.ON, 2)
    assert turns > 1


@pytest.mark.slow
def test_a_plan_that_the_realm_has_outrun_is_refused_before_anything_is_written(
    make_realm: MakeRealm, keycloak: Keycloak
) -> None:
    # Given a plan, and a realm whose OTP policy somebody changes after it
    made = make_realm(person("alice"))
    realm = connected(keycloak, made)
    plan = keycloak_2fa.preview(realm)
    made.put(
        "",
        {
            "otpPolicyPeriod": 60,
            "otpPolicyType": "totp",
            "otpPolicyAlgorithm": "HmacSHA1",
            "otpPolicyDigits": 6,
            "otpPolicyLookAheadWindow": 1,
            "otpPolicyInitialCounter": 0,
            "otpPolicyCodeReusable": False,
        },
    )

    # When it is applied
    with pytest.raises(keycloak_2fa.RefusedError, match="otpPolicyPeriod"):
        keycloak_2fa.enforce(realm, consent=CONSENT, plan=plan)

    # Then nothing was written, and a new plan can be applied
    assert keycloak_2fa.status(realm).enforcement.state is State.OFF
    done = keycloak_2fa.enforce(realm, consent=CONSENT, plan=keycloak_2fa.preview(realm))
    assert "otpPolicyPeriod" in [each.setting for each in done.changes]


@pytest.mark.slow
def test_a_call_that_waits_works_within_an_event_loop(make_realm: MakeRealm, keycloak: Keycloak) -> None:
    realm = connected(keycloak, make_realm(person("alice")))

    async def job() -> keycloak_2fa.Outcome:
        return keycloak_2fa.enforce(realm, consent=CONSENT, plan=keycloak_2fa.preview(realm))

    assert asyncio.run(job()).sweep.marked == 1
