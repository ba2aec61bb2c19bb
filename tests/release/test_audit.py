"""What `make audit` makes of the answers of the database of known holes."""

from typing import Any

from release.audit import HOLES, NOT_CHECKED, NOTHING_KNOWN, judge

SOUND = {"name": "aiohttp", "version": "3.11", "vulns": []}
HOLED = {"name": "requests", "version": "2.0", "vulns": [{"id": "CVE-2018-18074", "fix_versions": ["2.20"]}]}
UNKNOWN = {"name": "rich", "skip_reason": "not found"}


def answer(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


def test_all_looked_up_and_nothing_found() -> None:
    audit = judge(answer(SOUND))
    assert (audit.exit, audit.lines) == (NOTHING_KNOWN, ["Looked up 1 of 1 packages; known holes: 0."])


def test_a_hole_is_named_with_what_mends_it() -> None:
    audit = judge(answer(SOUND, HOLED))
    assert audit.exit == HOLES
    assert "requests 2.0: CVE-2018-18074, mended in 2.20" in audit.lines


def test_a_package_that_the_database_does_not_know_is_no_success() -> None:
    audit = judge(answer(SOUND, UNKNOWN))
    assert (audit.exit, "NOT CHECKED" in audit.lines[-1], "rich" in audit.lines[-1]) == (NOT_CHECKED, True, True)


def test_a_hole_outweighs_what_was_not_checked() -> None:
    assert judge(answer(HOLED, UNKNOWN)).exit == HOLES


def test_no_answer_is_no_success() -> None:
    audit = judge(None)
    assert (audit.exit, "NOT CHECKED" in audit.lines[0]) == (NOT_CHECKED, True)
