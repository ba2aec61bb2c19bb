"""How much memory `kc2fa enforce` takes at its peak, and how long, in a small realm and in larger ones."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import own_server
import realms
from database import made
from keycloak_2fa.enforcement import preflight
from process import Process
from realms import Realm

SIZES = [1_000, 10_000]


def enforced(realm: Realm) -> tuple[float, float]:
    """The most memory that the process ever held, in MB, and the seconds from its start to its end."""
    # Not the admin of the server, who may stand there: the realm's own service account enforces.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KC2FA_")}
    environment = inherited | {
        "KC2FA_SERVER_URL": realm.server_url,
        "KC2FA_REALM": realm.name,
        "KC2FA_CLIENT_ID": realms.CLIENT,
        "KC2FA_CLIENT_SECRET": realms.SECRET,
    }
    command = [sys.executable, "-m", "keycloak_2fa_cli", "enforce", "--json"]
    command += ["--engine", "admin-api", "--confirm", preflight.CONSENT]
    peak, began = 0.0, time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as child:
        # Not wait4's ru_maxrss: that counts what the child held before its exec, which is our own memory.
        while child.poll() is None:
            peak = max(peak, Process(child.pid).peak_mb())
            time.sleep(0.01)
    if child.returncode:
        sys.exit(f"kc2fa enforce ended with {child.returncode}.")
    return peak, time.perf_counter() - began


def main() -> None:
    if not Path("/proc/self/status").exists():
        sys.exit("This reads /proc, which only Linux has.")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=SIZES, help="people in each realm (1000 10000)")
    own_server.choice(parser)
    wanted = parser.parse_args()
    with own_server.chosen(wanted) as (server, database):
        found = [enforced(made(server, database, size)) for size in wanted.users]
    for size, (peak, seconds) in zip(wanted.users, found, strict=True):
        print(f"{size:7} users  {peak:6.1f} MB  {seconds:6.1f} s")
    print(f"{'ratio':>13}  {found[-1][0] / found[0][0]:6.2f}")


if __name__ == "__main__":
    main()
