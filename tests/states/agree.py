"""What must hold of every row, whatever the state."""

from tests.states.told import Told


def check(told: Told) -> None:
    """Fail where two of them do not agree."""
    assert told.status == told.preview == told.report, "three commands, three standings"
    assert (told.exit == 0) == (told.findings == ()), "verify ends with 0 where it finds nothing"
    if told.login == "let in":
        known = told.status == "exempt" or told.state == "OFF"
        assert known or told.findings, "somebody is let in by a password, and nobody says so"
    if told.status == "exempt" and told.state != "OFF":
        assert told.login == "let in", "said to be exempt, and asked all the same"
    if "uncovered-users" in told.findings:
        open_flow = "flow-conditional" in told.findings
        assert told.login in {"let in", "refused"} or not open_flow, "said to be let in, and asked"
    if "uncovered-users" in told.held:
        assert told.login in {"set up", "refused"}, "said to be held, and let in"
