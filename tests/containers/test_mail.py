"""What Keycloak sends reaches the mail catcher, with testcontainers and with docker compose alike."""

from typing import Protocol

import pytest
import requests
from keycloak import KeycloakAdmin
from tests.integration.realms import person
from tests.server import Keycloak

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

REALM = "mail"


class WithMail(Keycloak, Protocol):
    @property
    def mail_url(self) -> str: ...


@pytest.fixture(params=["container_keycloak", "stack"])
def server(request: pytest.FixtureRequest) -> WithMail:
    return request.getfixturevalue(request.param)


def test_a_mail_that_asks_for_the_set_up_arrives(server: WithMail) -> None:
    # Given a realm that sends its mail to the catcher
    admin = KeycloakAdmin(
        server_url=server.url, username=server.username, password=server.password, user_realm_name="master"
    )
    smtp = {"host": "mailpit", "port": "1025", "from": "id@example.org"}
    alice = person("alice", email="alice@example.org")
    admin.create_realm({"realm": REALM, "enabled": True, "smtpServer": smtp, "users": [alice]})
    admin.change_current_realm(REALM)
    # When alice is sent the link to the set-up
    admin.send_update_account(admin.get_user_id("alice"), ["CONFIGURE_TOTP"])
    # Then it is in the catcher
    messages = requests.get(f"{server.mail_url}/api/v1/messages", timeout=30).json()["messages"]
    assert [to["Address"] for each in messages for to in each["To"]] == ["alice@example.org"]
