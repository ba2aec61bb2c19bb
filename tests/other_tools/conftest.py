"""Realms that were enforced before another tool runs, on a server without the extension."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.conftest import admin, kc2fa, make_realm, master
from tests.integration.realms import MakeRealm, person
from tests.other_tools.enforced import Enforced

__all__ = ["admin", "kc2fa", "make_realm", "master"]

HARDEN = ("harden", "--fix", "flow-conditional", "--yes")


@pytest.fixture
def enforced(make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]) -> Enforced:
    """A realm of alice, who must set up 2FA at her next login."""
    return _enforce(make_realm, kc2fa, master)


@pytest.fixture
def hardened(make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]) -> Enforced:
    """The same with flows that demand a code of everybody."""
    return _enforce(make_realm, kc2fa, master, HARDEN)


def _enforce(make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], *after: tuple[str, ...]) -> Enforced:
    realm = make_realm(person("alice", email="alice@example.org", firstName="Alice", lastName="Before"))

    def run(*arguments: str) -> Run:
        return kc2fa(*arguments, "--json", "--realm", realm.name, **master)

    for arguments in (("enforce", *CONFIRM), *after):
        assert run(*arguments).exit == 0, arguments
    return Enforced(realm, run)
