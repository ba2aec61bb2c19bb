"""Every state, on a server without the extension."""

from pathlib import Path

import pytest
from tests.extension.logins import add_app, with_password
from tests.integration.command import Kc2fa
from tests.integration.conftest import admin, kc2fa, make_realm
from tests.integration.realms import MakeRealm
from tests.states import agree, table, told
from tests.states.given import ANYWHERE

from embedded_keycloak import EmbeddedKeycloak

__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.mark.parametrize("state", ANYWHERE)
def test_they_agree(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, tmp_path: Path, state: str
) -> None:
    # Given a realm in that state
    realm = make_realm(with_password(told.USER), bruteForceProtected=True)
    add_app(realm)
    ANYWHERE[state](kc2fa, realm)
    # When everybody is asked
    heard = told.ask(kc2fa, keycloak, realm, tmp_path)
    # Then they say the same, and what the page says
    agree.check(heard)
    table.check("Without the extension", state, heard)
