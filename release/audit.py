"""Looks up what requirements/runtime.txt pins in a database of known holes, by pip-audit.

Ends with 0 where everything was looked up and nothing was found, 1 where something was found, and 2 where
something could not be looked up. pip-audit itself calls it a success when the database knows none of the packages.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NOTHING_KNOWN, HOLES, NOT_CHECKED = 0, 1, 2
COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements/runtime.txt", "--require-hashes"),
    *("--disable-pip", "--format", "json", "--progress-spinner", "off"),
]


@dataclass(frozen=True)
class Audit:
    """What the database said: lines to print, and the exit code."""

    lines: Sequence[str]
    exit: int


def judge(answer: dict[str, Any] | None) -> Audit:
    """Reads pip-audit's answer; None is for one that never came."""
    if answer is None:
        return Audit(["NOT CHECKED: no answer from the database of known holes; it cannot be reached."], NOT_CHECKED)
    packages = answer["dependencies"]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for each in packages
        for hole in each.get("vulns", [])
    ]
    looked_up = f"Looked up {len(packages) - len(skipped)} of {len(packages)} packages"
    lines = [*holes, f"{looked_up}; known holes: {len(holes)}."]
    if skipped:
        names = "all of them" if len(skipped) == len(packages) else ", ".join(skipped)
        lines.append(f"NOT CHECKED, as the database that can be reached does not know them: {names}.")
    return Audit(lines, HOLES if holes else NOT_CHECKED if skipped else NOTHING_KNOWN)


def main() -> int:
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.stderr.write(done.stderr[-500:])
    audit = judge(json.loads(done.stdout) if done.stdout else None)
    print("\n".join(audit.lines))
    return audit.exit


if __name__ == "__main__":
    sys.exit(main())
