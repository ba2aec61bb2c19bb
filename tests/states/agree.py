"""What must hold of every row, whatever the state."""

from tests.states.logins import LET_IN, OTHER_FACTOR, REFUSED, SET_UP
from tests.states.told import NOT_COUNTED, Told

WAYS_IN = {
    "uncovered-users",
    "totp-action-off",
    "exemption-expired",
    "exemption-unaccounted",
    "enforcement-record-missing",
    "not-checked",
}
"""A user who is let in by a password is told by one of these."""


def check(told: Told) -> None:
    """Fail where two of them do not agree."""
    assert told.status == told.preview == told.report, "three commands, three standings"
    assert {*(told.endpoints or ())} <= {told.status}, "the command and the extension's endpoints do not agree"
    assert (told.exit == 0) == (told.findings == ()), "verify ends with 0 where it finds nothing"
    _login(told)
    _uncovered(told)
    _proof(told)


def _login(told: Told) -> None:
    known = told.status in {"exempt", NOT_COUNTED} or told.state == "OFF"
    if told.login == LET_IN:
        assert known or WAYS_IN & {*told.findings}, "somebody is let in by a password, and nobody says so"
    if told.status == "exempt" and told.state != "OFF":
        said = "exemption-asked" in told.findings
        assert (told.login != LET_IN) == said, "asked although exempt, and nobody says so; or said, and let in"


def _uncovered(told: Told) -> None:
    if "uncovered-users" in told.findings:
        open_flow = "flow-conditional" in told.findings
        assert told.login in {LET_IN, OTHER_FACTOR, REFUSED} or not open_flow, "said to be let in, and asked"
    if "uncovered-users" in told.held:
        assert told.login in {SET_UP, OTHER_FACTOR, REFUSED}, "said to be held, and let in"


def _proof(told: Told) -> None:
    """`prove` makes a new user: what it sees is what the settings of the realm do."""
    if "set-up-skipped" in told.proof:
        # Where the realm is OFF, the extension keeps nobody from anything.
        known = "set-up-skippable" in told.findings or told.state == "OFF"
        assert known, "prove skipped the set-up page, and verify says nothing"
    if "set-up-asked" in told.proof:
        known = {"default-action-off", "totp-action-off"} & {*told.findings}
        assert known, "prove was let in by a password, and verify says nothing"
    if told.held:
        assert told.proof == (), "verify says that the extension holds it, and prove says that it does not"
