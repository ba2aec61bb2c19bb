"""What was shown is what is applied: a plan that the realm has outrun is refused."""

import pytest
from tests.unit.test_documents import CHANGE, previewed

from keycloak_2fa.enforcement.enforce import PlanOutdatedError, check_shown
from keycloak_2fa.realm.population import Population
from keycloak_2fa.realm.settings import Change

PLAN = previewed(Population())


@pytest.mark.parametrize("changes", [(CHANGE,), ()], ids=["as shown", "done by somebody else meanwhile"])
def test_what_was_shown_may_be_changed(changes: tuple[Change, ...]) -> None:
    check_shown(PLAN, changes)


@pytest.mark.parametrize("change", [Change("otpPolicyPeriod", 60, 30), Change(CHANGE.setting, 10, CHANGE.after)])
def test_what_was_not_shown_is_refused_and_named(change: Change) -> None:
    with pytest.raises(PlanOutdatedError, match=change.setting):
        check_shown(PLAN, (CHANGE, change))
