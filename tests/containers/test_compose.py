"""docker-compose.yml from `up` to a user's login, as the README shows it."""

import subprocess
from collections.abc import Iterator

import pytest
from docker import DockerClient
from keycloak import KeycloakAdmin
from tests.containers.compose import UP, Checkout, Stack
from tests.integration.command import COMMAND, CONFIRM, environment_for
from tests.integration.realms import password, person

from keycloak_2fa.login.pages import Done, Page, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession

pytestmark = pytest.mark.timeout(600)

REALM, APP = "two-nodes", "http://127.0.0.1:9/callback"


def kc2fa(stack: Stack, *arguments: str, realm: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command as the README does: as the admin of .env, against a port of this machine."""
    admin = {"KC2FA_USERNAME": stack.username, "KC2FA_PASSWORD": stack.password}
    environment = environment_for(stack, None, KC2FA_REALM=realm, KC2FA_SERVER_URL=url or stack.url, **admin)
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_without_an_env_file_it_says_what_to_do(checkout: Checkout) -> None:
    up = checkout.compose(*UP)
    assert up.returncode != 0
    assert "copy .env.example to .env and set KEYCLOAK_ADMIN_PASSWORD" in up.stderr


def test_an_env_file_with_no_password_in_it_is_no_better(checkout: Checkout) -> None:
    (checkout.path / ".env.example").rename(checkout.path / ".env")
    up = checkout.compose(*UP)
    assert up.returncode != 0
    assert "set POSTGRES_PASSWORD" in up.stderr


def test_the_realm_is_there_and_can_be_enforced(stack: Stack) -> None:
    done = kc2fa(stack, "enforce", *CONFIRM, realm="example")
    assert done.returncode == 0, done.stderr
    assert "2FA is currently set to: ON" in done.stdout


def test_its_ports_are_for_this_machine_only(stack: Stack, docker: DockerClient) -> None:
    containers = docker.containers.list(filters={"label": f"com.docker.compose.project={stack.checkout.project}"})
    published = [at for each in containers for ports in each.ports.values() for at in ports or []]
    assert {at["HostIp"] for at in published} == {"127.0.0.1"}


def test_a_provider_that_was_built_is_there(stack: Stack) -> None:
    known = master_admin(stack).get_server_info()["providers"]["authenticator"]["providers"]
    assert "two-factor-form" in known


def test_the_login_theme_is_there(stack: Stack) -> None:
    known = master_admin(stack).get_server_info()["themes"]["login"]
    assert "keycloak-2fa" in {each["name"] for each in known}


def master_admin(stack: Stack, url: str | None = None) -> KeycloakAdmin:
    login = {"username": stack.username, "password": stack.password, "user_realm_name": "master"}
    return KeycloakAdmin(server_url=url or stack.url, **login)


@pytest.fixture
def realm(stack: Stack) -> Iterator[KeycloakAdmin]:
    """The admin of a realm that knows nothing of 2FA, with one user."""
    admin = master_admin(stack)
    named = {"email": "alice@example.org", "firstName": "Alice", "lastName": "A"}
    admin.create_realm(
        {
            "realm": REALM,
            "enabled": True,
            "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [APP]}],
            "users": [person("alice", credentials=password("alice-pw"), **named)],
        }
    )
    yield admin
    admin.delete_realm(REALM)


def actions_of_alice(stack: Stack, url: str) -> list[str]:
    """What is due at her next login, as a node has her in its cache: the guard asks whatever stands there."""
    admin = master_admin(stack, url)
    admin.change_current_realm(REALM)
    # By her id: a search would go past the cache.
    return list(admin.get_user(admin.get_user_id("alice"))["requiredActions"])


def log_in(url: str) -> Page:
    """The page after alice's password."""
    with LoginSession(url, REALM, client_id="app", redirect_uri=APP) as session:
        return session.submit_password(session.open(), "alice", "alice-pw")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["admin-api", "extension"])
def test_enforced_through_one_node_a_login_through_the_other_is_asked(
    two_nodes: Stack, realm: KeycloakAdmin, engine: str
) -> None:
    # Given a user whom the second node knows, and lets in by the password alone
    expect(log_in(two_nodes.second_url), Done)
    assert actions_of_alice(two_nodes, two_nodes.second_url) == []
    # When the realm is enforced through the first node
    done = kc2fa(two_nodes, "enforce", *CONFIRM, "--engine", engine, realm=REALM)
    assert done.returncode == 0, done.stderr
    # Then the second node has forgotten what it knew, asks for the set-up, and says ON
    assert actions_of_alice(two_nodes, two_nodes.second_url) == ["CONFIGURE_TOTP"]
    expect(log_in(two_nodes.second_url), SetUpTotp)
    assert "ON" in kc2fa(two_nodes, "status", realm=REALM, url=two_nodes.second_url).stdout
