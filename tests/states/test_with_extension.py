"""Every state, on a server with the extension."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.extension.calls import Call, call
from tests.extension.conftest import jar, keycloak
from tests.extension.logins import add_app, with_password
from tests.integration.command import Kc2fa
from tests.integration.conftest import admin, kc2fa, make_realm
from tests.integration.realms import MakeRealm
from tests.states import agree, table
from tests.states.given import KEEPER_ACCOUNT, WITH_EXTENSION, Scene
from tests.states.told import USER, Asker

from embedded_keycloak import EmbeddedKeycloak

pytestmark = pytest.mark.slow

__all__ = ["admin", "call", "jar", "kc2fa", "keycloak", "make_realm"]


@pytest.mark.parametrize("state", WITH_EXTENSION)
def test_they_agree(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, call: Call, tmp_path: Path, state: str
) -> None:
    # Given a realm in that state
    realm = make_realm(
        with_password(USER), clients=(KEEPER_ACCOUNT,), bruteForceProtected=True, **WITH_EXTENSION[state].settings
    )
    add_app(realm)
    with ExitStack() as until:
        WITH_EXTENSION[state].given(Scene(kc2fa, realm, until))
        # When everybody is asked
        told = Asker(kc2fa, keycloak, realm, tmp_path, call).ask(WITH_EXTENSION[state].log_in)
    # Then they say the same, and what the page says
    agree.check(told)
    table.check("With the extension", state, told)
