"""Every state, on a server without the extension."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.extension.logins import add_app, with_password
from tests.integration.command import Kc2fa
from tests.integration.conftest import admin, kc2fa, make_realm
from tests.integration.realms import MakeRealm
from tests.states import agree, table
from tests.states.given import KEEPER_ACCOUNT, WITHOUT_EXTENSION, Scene
from tests.states.told import USER, Asker

from embedded_keycloak import EmbeddedKeycloak

pytestmark = pytest.mark.slow

__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.mark.parametrize("state", WITHOUT_EXTENSION)
def test_they_agree(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, tmp_path: Path, state: str
) -> None:
    # Given a realm in that state
    realm = make_realm(
        with_password(USER), clients=(KEEPER_ACCOUNT,), bruteForceProtected=True, **WITHOUT_EXTENSION[state].settings
    )
    add_app(realm)
    with ExitStack() as until:
        WITHOUT_EXTENSION[state].given(Scene(kc2fa, realm, until))
        # When everybody is asked
        told = Asker(kc2fa, keycloak, realm, tmp_path).ask(WITHOUT_EXTENSION[state].log_in)
    # Then they say the same, and what the page says
    agree.check(told)
    table.check("Without the extension", state, told)
