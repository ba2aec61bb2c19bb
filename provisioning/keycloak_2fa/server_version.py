"""Which servers have a hole that no setting of a realm can close. Pure."""

import re

FIXED = {(26, 4): 15, (26, 6): 6, (26, 7): 2}
"""CVE-2026-18963 (reset of credentials): the first fixed release of each branch. 26.5 has none."""


def vulnerable(version: str) -> bool | None:
    """Whether a server of this version has the hole.

    Args:
        version: As the server gives it, such as `26.7.3` or `26.4.10.redhat-00001`.

    Returns:
        None where it is no version of numbers.
    """
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return None
    major, minor, micro = map(int, found.groups())
    if (major, minor) > max(FIXED):
        return False
    # A branch that is not listed, such as 26.5 or 26.3, ended without a fix.
    first_fixed = FIXED.get((major, minor))
    return first_fixed is None or micro < first_fixed
