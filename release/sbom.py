"""Prints the bill of materials (CycloneDX, JSON) of what requirements/runtime.txt pins, as a part of the release."""

import json
import subprocess
import sys

from keycloak_2fa import __version__

COMMAND = [
    *(sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "requirements/runtime.txt"),
    *("--pyproject", "pyproject.toml", "--mc-type", "application", "--output-reproducible"),
]


def main() -> None:
    document = json.loads(subprocess.run(COMMAND, capture_output=True, text=True, check=True).stdout)
    # pyproject.toml says that the version is in the code, where the generator does not look.
    document["metadata"]["component"]["version"] = __version__
    for component in document["components"]:
        del component["description"]  # the line of the file, hashes and all, which are in their own fields
    json.dump(document, sys.stdout, indent=2, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
