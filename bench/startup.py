"""How long the command takes to answer where it need not ask the server; beside Python itself."""

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 10
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "kc2fa --version": ["-m", "keycloak_2fa_cli", "--version"],
    "kc2fa --help": ["-m", "keycloak_2fa_cli", "--help"],
}


def seconds(arguments: list[str]) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - began


def main() -> None:
    for name, arguments in COMMANDS.items():
        seconds(arguments)  # so that files are in memory and bytecode is written
        print(f"{name:16} {1000 * median(seconds(arguments) for _ in range(RUNS)):5.0f} ms")


if __name__ == "__main__":
    main()
