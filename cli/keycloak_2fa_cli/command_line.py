"""The command as it was typed, for what is kept of it."""

import shlex

_SECRET_FLAG = "--otp"  # noqa: S105 - a flag's name; the only one whose value is a secret, for half a minute


def command_line(arguments: list[str]) -> str:
    """The command as it was typed, without the value of a one-time code."""
    told = ["kc2fa"]
    hide = False
    for each in arguments[1:]:
        told.append("***" if hide else f"{_SECRET_FLAG}=***" if each.startswith(f"{_SECRET_FLAG}=") else each)
        hide = each == _SECRET_FLAG
    return shlex.join(told)
