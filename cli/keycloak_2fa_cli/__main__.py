"""Where `kc2fa` starts."""

import signal
import sys

import typer

from keycloak_2fa_cli import exit_codes

# Typer has no public name for the root of its usage errors; it is what a bad parameter is one of.
_UsageError = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # `docker stop` and a Kubernetes Job's end are interruptions like Ctrl-C: stop cleanly, go on next time.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(_run(sys.argv[1:]))
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(exit_codes.DONE)


def _run(arguments: list[str]) -> int:
    from keycloak_2fa_cli.app import app

    try:
        if "--json" not in arguments:
            return int(app(arguments, prog_name="kc2fa") or 0)
        return int(app(arguments, prog_name="kc2fa", standalone_mode=False) or 0)
    except _UsageError as error:
        from keycloak_2fa_cli.answer import usage_error_as_json

        context = getattr(error, "ctx", None)
        name = context.command_path.removeprefix("kc2fa").strip() if context else ""
        usage_error_as_json(name, error.format_message())  # type: ignore[attr-defined]
        return exit_codes.USAGE
    except typer.Abort:
        return exit_codes.INTERRUPTED


if __name__ == "__main__":
    main()
