"""Every command on a narrow terminal: each word that a pipe is given is there whole."""

import os
from datetime import timedelta

import pytest
from tests.integration import forked
from tests.integration.command import Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, people, person
from tests.integration.terminal import Terminal, words
from tests.server import Keycloak

from keycloak_2fa import timestamps

pytestmark = pytest.mark.slow

TOMORROW = (timestamps.today() + timedelta(days=1)).isoformat()
COMMANDS = [
    (),
    ("harden", "--all", "--dry-run", "--accept", "not-enforced", "--accept", "exempt-asked"),
    ("status",),
    ("preview",),
    ("verify",),
    ("report",),
    ("realm", "diff"),
    ("exempt", "list"),
    ("invitations", "list"),
    ("reset", "nobody-of-that-name"),
    ("enforce", "--confirm", "enforce 2fa"),
    ("harden", "--all", "--dry-run"),
    ("harden", "--fix", "open-sessions"),
    ("prove",),
    ("exempt", "add", "break-glass", "--reason", "no phones", "--approver", "Ciso Jane", "--expires", TOMORROW),
    ("exempt", "remove", "nobody-of-that-name"),
    ("status", "--realm", "a-realm-of-a-name-that-is-quite-long", "--realm", "and-another-one-that-is-not-there"),
    ("extension", "install", "/a/folder/in/which/there/is/no/keycloak"),
]


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """Users with long names and addresses, one who is exempt, one whom Keycloak refuses to write."""
    realm = make_realm(
        person("maximilian-alexander.von-hohenstein", email="maximilian-alexander@a-subsidiary.example.org"),
        person("bad-email", email="not an address"),
        person("enrolled", credentials=[*password("horse"), otp_credential()]),
        person("break-glass", email="break-glass@example.org", credentials=password("horse")),
        otpPolicyType="totp",
        otpPolicyAlgorithm="HmacSHA256",
        otpPolicyDigits=8,
        otpPolicyPeriod=30,
    )
    reason = "opens the door when all the phones are gone"
    add = ("exempt", "add", "break-glass", "--reason", reason, "--approver", "Ciso Jane", "--expires", TOMORROW)
    assert kc2fa(*add, realm=realm).exit == 0
    return realm


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(each[:3]) for each in COMMANDS])
def test_no_word_is_cut(realm: Realm, keycloak: Keycloak, kc2fa: Kc2fa, command: tuple[str, ...], columns: int) -> None:
    piped = kc2fa(*command, realm=realm)
    terminal = Terminal([*command], environment_for(keycloak, realm), columns=columns)
    terminal.end()
    assert words(piped.stdout + piped.stderr) - words(terminal.shown) == set()


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("command", [("enforce", "--confirm", "Enforce 2FA"), ("realm", "apply", "--yes")])
def test_no_word_is_cut_of_what_is_done_once(
    make_realm: MakeRealm, keycloak: Keycloak, kc2fa: Kc2fa, command: tuple[str, ...], columns: int
) -> None:
    # Given two realms alike, for the second of two runs has another thing to say
    piped, shown = (make_realm(*people(2), person("bad-email", email="not an address")) for _ in range(2))
    # When it is done in the one in a pipe, and in the other on a terminal
    run = kc2fa(*command, realm=piped)
    terminal = Terminal([*command], environment_for(keycloak, shown), columns=columns)
    assert terminal.end() == run.exit
    # Then both have said the same words, but for the realm's name and how long it took
    expected = {word for word in words(run.stdout.replace(piped.name, shown.name)) if not word[0].isdigit()}
    assert expected - words(terminal.shown) == set()


def test_no_word_of_the_demo_is_cut() -> None:
    # Given the demo in a pipe, and on a terminal of 80 columns; one of its addresses is longer than 60
    _, piped, _ = forked.run(["demo", "--without-extension"], dict(os.environ), "", timeout=240)
    terminal = Terminal(["demo", "--without-extension"], dict(os.environ), seconds=240)
    terminal.read_until("Press Enter here to stop it.")
    terminal.type("\n")
    # When both have ended
    terminal.end()
    # Then the terminal has every word, but for what is of one run alone: its server, its codes, its times
    same = {word for word in words(piped) if not any(each.isdigit() for each in word)}
    of_a_pipe = words(piped[piped.index("The server is stopped") :])
    assert same - of_a_pipe - words(terminal.shown) == set()
