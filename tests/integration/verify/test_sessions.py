"""Sessions from before enforcement."""

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, otp_credential
from tests.integration.verify.audit import VerifyRealm, where
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak


def test_one_from_before_enforcement_is_open_until_all_are_ended(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    # Given somebody who is logged in
    realm = make_audited(windows.user("alice", realmRoles=["offline_access"]))
    assert Windows(keycloak, realm).grant("alice", scope="openid offline_access").status_code == 200
    windows.next_second()
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    assert where(verify(realm), "open-sessions") == ["app"]
    # When
    assert kc2fa("enforce", "--json", *CONFIRM, "--sign-out", realm=realm).exit == 0
    # Then
    assert where(verify(realm), "open-sessions") == []


@pytest.mark.slow
def test_one_from_after_enforcement_is_none(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    key = windows.key()
    credentials = [*windows.user("olga")["credentials"], otp_credential(secret=key)]
    realm = make_audited(windows.user("olga", credentials=credentials))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    windows.next_second()
    assert Windows(keycloak, realm).grant("olga", totp=windows.phone(key).code()).status_code == 200
    assert where(verify(realm), "open-sessions") == []
