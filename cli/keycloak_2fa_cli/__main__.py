"""Where `kc2fa` starts."""

import io
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from keycloak_2fa_cli import exit_codes

# Typer has no public name for the root of its usage errors; it is what a bad parameter is one of.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # `docker stop` and a Kubernetes Job's end are interruptions like Ctrl-C: stop cleanly, go on next time.
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by the caller (`2>&-`), for which Python has None.
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding lacks is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        from keycloak_2fa_cli.answer import unsaid

        # Help or the version: an answer's trouble ends where answers do.
        code = unsaid(error, exit_codes.DONE)
    sys.exit(code)


def _as_ctrl_c(_number: int, frame: FrameType | None) -> None:
    # asyncio takes Ctrl-C for a cancellation; an exception out of the blue would leave its tasks unawaited.
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        # Ctrl-C is ignored, as in a shell's background; this is not.
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def _run(arguments: list[str]) -> int:
    from keycloak_2fa_cli.app import app

    try:
        return int(app(arguments, prog_name="kc2fa", standalone_mode=False) or 0)
    except _UsageError as error:
        if "--json" in arguments:
            from keycloak_2fa_cli.answer import usage_error_as_json

            context = getattr(error, "ctx", None)
            name = context.command_path.removeprefix("kc2fa").strip() if context else ""
            usage_error_as_json(name, error.format_message())
        else:
            error.show()
        return exit_codes.USAGE


if __name__ == "__main__":
    main()
