"""The command in a process of its own that is forked from one where everything is imported already.

Importing costs more than most runs do; what imports cost a user, bench/startup.py shows.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from keycloak_2fa_cli.__main__ import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.integration.warm"])
_STREAMS = (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY))


def run(arguments: list[str], environment: dict[str, str], stdin: str, timeout: float) -> tuple[int, str, str]:
    """Run `kc2fa` to its end.

    Args:
        arguments: What is typed after its name.
        environment: The whole of it.
        stdin: What it can read there.
        timeout: Seconds after which it is killed.

    Returns:
        Its exit code, stdout and stderr.

    Raises:
        TimeoutError: It did not end.
    """
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name, _ in _STREAMS}
        for file in files.values():
            file.write_text(stdin if file.name == "stdin" else "", encoding="utf-8")
        child = _FORKS.Process(target=_kc2fa, args=(arguments, environment, folder))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            child.kill()
            child.join()
            raise TimeoutError(f"kc2fa {' '.join(arguments)} is still running after {timeout} seconds")
        return child.exitcode, files["stdout"].read_text("utf-8"), files["stderr"].read_text("utf-8")


def _kc2fa(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    for number, (name, mode) in enumerate(_STREAMS):
        file = os.open(Path(folder) / name, mode)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # multiprocessing has closed the one there was
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["kc2fa", *arguments]
    main()
