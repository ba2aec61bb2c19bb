"""What the extension's check costs a token: refreshes where 2FA is ON beside refreshes where it is OFF.

Two realms of one server with the extension, in turn, each with one enrolled user. Exit code 1: a promise is broken.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pyotp
import requests
from keycloak import KeycloakAdmin

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.realm.enforcement_state import ROLE
from process import Process, java_of

JAR = Path(__file__).parents[1] / "extension" / "target" / "keycloak-2fa-extension.jar"
APP, USER, PASSWORD, KEY = "app", "alice", "bench-password", "JBSWY3DPEHPK3PXPJBSWY3DP"
AT_MOST = 1.02
WARM_UP = 5_000


def make(server: EmbeddedKeycloak, name: str, *, on: bool) -> str:
    """A realm with one enrolled user; returns the user's refresh token."""
    admin = KeycloakAdmin(
        server_url=server.url, username=server.username, password=server.password, user_realm_name="master"
    )
    otp = {
        "type": "otp",
        "secretData": f'{{"value":"{KEY}"}}',
        "credentialData": '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1","secretEncoding":"BASE32"}',
    }
    user = {
        "username": USER,
        "enabled": True,
        "email": "alice@example.org",
        "firstName": "A",
        "lastName": "B",
        "credentials": [{"type": "password", "value": PASSWORD}, otp],
    }
    app = {"clientId": APP, "publicClient": True, "directAccessGrantsEnabled": True}
    idle = {"ssoSessionIdleTimeout": 36_000, "ssoSessionMaxLifespan": 36_000}
    admin.create_realm({"realm": name, "enabled": True, "users": [user], "clients": [app], **idle})
    if on:
        admin.connection.get_token()
        admin.change_current_realm(name)
        admin.create_realm_role({"name": ROLE, "attributes": {"state": ["ON"]}})
    code = pyotp.TOTP(KEY).now()
    answer = token(server, name, grant_type="password", username=USER, password=PASSWORD, totp=code)
    return str(answer["refresh_token"])


def token(server: EmbeddedKeycloak, realm: str, **form: str) -> dict[str, str]:
    url = f"{server.url}/realms/{realm}/protocol/openid-connect/token"
    answer = HTTP.post(url, data={"client_id": APP, **form}, timeout=60)
    answer.raise_for_status()
    return dict(answer.json())


HTTP = requests.Session()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refreshes", type=int, default=50, help="at a stretch (50)")
    parser.add_argument("--rounds", type=int, default=500, help="stretches of each realm (500)")
    wanted = parser.parse_args()
    java = ("-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8")
    with EmbeddedKeycloak(providers=[JAR], java_options=java, heap_mb=1024) as server:
        process = Process(java_of(server.pid))
        tokens = {name: make(server, name, on=name == "on") for name in ("off", "on")}

        def cpu_ms(realm: str, number: int) -> float:
            used = process.cpu_s()
            for _ in range(number):
                token(server, realm, grant_type="refresh_token", refresh_token=tokens[realm])
            return 1000 * (process.cpu_s() - used) / number

        for realm in tokens:
            cpu_ms(realm, WARM_UP)
        pairs = []
        for turn in range(wanted.rounds):
            # Short stretches: what else the server does, such as collecting its garbage, then meets both alike.
            order = ("off", "on") if turn % 2 else ("on", "off")
            found = {realm: cpu_ms(realm, wanted.refreshes) for realm in order}
            pairs.append((found["on"], found["off"]))
    on, off = zip(*pairs, strict=True)
    print(f"CPU of a refresh, median of {len(pairs)} stretches: ON {median(on):.3f} ms, OFF {median(off):.3f} ms")
    measured, (least, most) = ratio(pairs), spread(pairs)
    print(f"ON / OFF, at most {AT_MOST}: {measured:.4f}; 95 of 100 resampled between {least:.4f} and {most:.4f}")
    print(f"ON / OFF of the sums: {sum(on) / sum(off):.4f}")
    return 0 if measured <= AT_MOST else 1


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """Of the medians: some stretches have a collection of garbage in them."""
    on, off = zip(*pairs, strict=True)
    return median(on) / median(off)


def spread(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Between which ratios 95 of 100 resampled measurements are (bootstrap)."""
    again = random.Random(1)
    found = sorted(ratio(again.choices(pairs, k=len(pairs))) for _ in range(2_000))
    return found[50], found[-51]


if __name__ == "__main__":
    sys.exit(main())
