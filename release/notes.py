"""Prints a release's title and notes, made of CHANGELOG.md; refuses a tag that is not the version in the sources.

    python release/notes.py --tag v0.1.0

The first line is the title, which names the versions of Keycloak that `make test-versions` tests; after an empty line
come the notes, in Markdown.
"""

import argparse
import re
import sys
from pathlib import Path

from keycloak_2fa import __version__

ROOT = Path(__file__).parents[1]


def keycloak_versions(makefile: str) -> list[str]:
    """The versions of Keycloak that `make test-versions` tests."""
    [line] = re.findall(r"^VERSIONS \?= (.+)$", makefile, re.MULTILINE)
    return str(line).split()


def section(changelog: str, version: str) -> str:
    """What the changelog says of a version, without its heading.

    Raises:
        ValueError: It says nothing.
    """
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$"
    found = re.search(rf"{heading}\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found or not found[1].strip():
        message = f"CHANGELOG.md has no section '## [{version}] - YEAR-MONTH-DAY' with something in it."
        raise ValueError(message)
    return found[1].strip()


def notes(tag: str, version: str, changelog: str, makefile: str) -> str:
    """Title and notes.

    Raises:
        ValueError: The tag is not the version, or the changelog does not know it.
    """
    if tag != f"v{version}":
        message = f"The tag {tag} is not the version in the sources, {version}."
        raise ValueError(message)
    *others, newest = keycloak_versions(makefile)
    keycloaks = f"{', '.join(others)} and {newest}"
    return "\n".join(
        [
            f"keycloak-2fa {version} for Keycloak {keycloaks}",
            "",
            section(changelog, version),
            "",
            f"Tested with Keycloak {keycloaks}.",
            "`docs/install.md` says how to install it, and how to check what you downloaded.",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tag", required=True)
    tag = parser.parse_args().tag
    try:
        print(notes(tag, __version__, (ROOT / "CHANGELOG.md").read_text(), (ROOT / "Makefile").read_text()))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
