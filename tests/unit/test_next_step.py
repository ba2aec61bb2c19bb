"""What to run next, by what the status says."""

from dataclasses import replace

import pytest
from tests.unit.test_documents import CHANGE, ON, seen

from keycloak_2fa.enforcement.next_step import next_step
from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.realm import guard
from keycloak_2fa.realm.enforcement_state import OFF, State
from keycloak_2fa.realm.population import Population

COVERED = Population(enrolled=4, pending=3)


def settled(**changed: object) -> Status:
    """A realm where there is nothing to mend."""
    return replace(replace(seen(ON, COVERED), drift=()), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "command", "word"),
    [
        pytest.param(settled(enforcement=OFF), "kc2fa preview", "writes nothing", id="off"),
        pytest.param(
            settled(enforcement=replace(ON, state=State.ENFORCING)), "kc2fa enforce", "resumes", id="enforcing"
        ),
        pytest.param(settled(drift=(CHANGE,)), "kc2fa enforce", "drifted", id="drifted"),
        pytest.param(settled(drift=(guard.PROVIDER_GONE,)), "kc2fa verify", "gap", id="the extension is gone"),
        pytest.param(
            replace(seen(ON, Population(uncovered=1)), drift=()), "kc2fa enforce", "1 user has", id="one is uncovered"
        ),
        pytest.param(
            replace(seen(ON, Population(uncovered=1200)), drift=()), "kc2fa enforce", "1,200 users", id="many uncovered"
        ),
        pytest.param(settled(counted=None), "kc2fa verify", "gap", id="never counted"),
        pytest.param(settled(extension=None), "kc2fa verify", "still open", id="on, without the extension"),
        pytest.param(settled(), "kc2fa verify", "no gap", id="on, with the extension"),
    ],
)
def test_the_next_step(status: Status, command: str, word: str) -> None:
    step = next_step(status)
    assert (step.command, word in step.why) == (command, True)
