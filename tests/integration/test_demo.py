"""`kc2fa demo`: what a visitor sees, and how they leave."""

import os
import re

import pytest
import requests
from tests import warned
from tests.integration import forked
from tests.integration.terminal import Terminal

from embedded_keycloak import default_cache
from keycloak_2fa.demo import WITHOUT_EXTENSION
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.timeout(600)

SECONDS = 240


@pytest.fixture(scope="module")
def piped() -> tuple[int, str, str]:
    """A demo whose output goes into a pipe: exit code, stdout, stderr."""
    return forked.run(["demo", "--without-extension"], dict(os.environ), "", timeout=SECONDS)


def test_in_a_pipe_it_does_the_whole_job(piped: tuple[int, str, str]) -> None:
    code, stdout, _ = piped
    assert (code, "2FA is currently set to: ON" in stdout) == (0, True)


def test_in_a_pipe_it_invites_nobody_to_a_server_that_is_stopped(piped: tuple[int, str, str]) -> None:
    addresses = [each for each in piped[1].splitlines() if "http://" in each]
    assert [each for each in addresses if "--keep" not in each] == []


def test_in_a_pipe_it_says_where_to_log_in_once_it_is_kept(piped: tuple[int, str, str]) -> None:
    [line] = [each for each in piped[1].splitlines() if "http://" in each]
    assert "--keep" in line
    assert "/realms/demo/account" in line


def test_it_says_where_keycloak_is_kept(piped: tuple[int, str, str]) -> None:
    assert f" {default_cache()} " in piped[1]


def test_it_says_what_is_not_shown(piped: tuple[int, str, str]) -> None:
    assert piped[2].count(WITHOUT_EXTENSION) == 1


def test_without_the_extension_the_login_theme_orders_the_apps(piped: tuple[int, str, str]) -> None:
    assert "loginTheme" in piped[1]
    assert "Microsoft Authenticator, FreeOTP, Google Authenticator" in piped[1].replace("\n", " ")


@pytest.fixture(scope="module")
def visit() -> tuple[int, str]:
    """A demo on a terminal that ends at Ctrl-C: exit code, and what was shown."""
    terminal = Terminal(["demo", "--without-extension"], dict(os.environ), SECONDS)
    terminal.read_until("Press Enter here to stop it.")
    terminal.type("\x03")
    return terminal.end(), terminal.shown


@pytest.mark.slow
def test_ctrl_c_ends_a_finished_demo_well(visit: tuple[int, str]) -> None:
    code, shown = visit
    assert (code, "Error" in shown) == (0, False)
    # And nothing answers there any more.
    [*urls] = set(re.findall(r"http://127\.0\.0\.1:\d+", shown))
    assert len(urls) == 1
    with pytest.raises(requests.ConnectionError):
        requests.get(urls[0], timeout=30)


@pytest.mark.slow
def test_on_a_terminal_the_notes_are_there(visit: tuple[int, str]) -> None:
    # Each ends at the next one, or at the rule below them.
    notes = re.findall(r"Note: (.+?)(?= Note: | ─)", " ".join(visit[1].split()))
    assert WarningCode.DIRECT_GRANTS in warned.by_code(notes)


@pytest.mark.slow
def test_on_a_terminal_it_says_where_to_log_in(visit: tuple[int, str]) -> None:
    assert "/realms/demo/account" in visit[1]
