"""`kc2fa demo`: what a visitor sees, and how they leave."""

import os

import pytest
from tests.integration import forked
from tests.integration.terminal import Terminal

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
    _, stdout, _ = piped
    assert "is stopped" in stdout
    assert "Try it" not in stdout


def test_in_a_pipe_it_says_where_to_log_in_once_it_is_kept(piped: tuple[int, str, str]) -> None:
    [line] = [each for each in piped[1].splitlines() if "http://" in each]
    assert line.startswith("The server is stopped. With --keep it runs on")
    assert "/realms/demo/account" in line


def test_it_says_where_keycloak_is_kept(piped: tuple[int, str, str]) -> None:
    assert "Keycloak is cached in /" in piped[1]


def test_it_says_what_is_not_shown(piped: tuple[int, str, str]) -> None:
    assert piped[2].count("Shown without the extension") == 1


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
    assert (code, "Stopped." in shown, "Error" in shown) == (0, True, False)


@pytest.mark.slow
def test_on_a_terminal_the_notes_are_there(visit: tuple[int, str]) -> None:
    assert "Note: Direct access grants get" in visit[1]


@pytest.mark.slow
def test_on_a_terminal_it_says_where_to_log_in(visit: tuple[int, str]) -> None:
    assert "Try it in a browser" in visit[1]
