"""A realm without a mail server, or with one that does not answer."""

import pytest
from tests.integration.command import Kc2fa
from tests.integration.invitations.conftest import MakeInvitingRealm
from tests.integration.realms import person

pytestmark = [pytest.mark.loopback, pytest.mark.slow]


SEND = {
    "an invitation": ("send", "new@example.org", "--organization", "acme"),
    "a set-up mail": ("send", "new@example.org"),
    "a set-up mail again": ("resend", "never-came@example.org"),
}


class TestMailServer:
    @pytest.mark.parametrize("arguments", SEND.values(), ids=SEND)
    def test_a_realm_without_one_is_refused(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...]
    ) -> None:
        realm = make(person("never-came", email="never-came@example.org"), smtpServer={})
        run = kc2fa("invitations", *arguments, "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (6, "no-mail-server")
        assert "new@example.org" not in realm.users()

    @pytest.mark.parametrize("arguments", SEND.values(), ids=SEND)
    def test_one_that_does_not_answer_is_a_clear_error(
        self, make: MakeInvitingRealm, kc2fa: Kc2fa, arguments: tuple[str, ...]
    ) -> None:
        # Nothing listens on the port "discard".
        nobody = {"host": "127.0.0.1", "port": "9", "from": "keycloak@example.org"}
        realm = make(person("never-came", email="never-came@example.org"), smtpServer=nobody)
        run = kc2fa("invitations", *arguments, "--json", realm=realm)
        assert (run.exit, run.error["code"]) == (4, "mail-failed")
        assert arguments[1] in run.error["message"]
