"""What another tool did to an enforced realm."""

from collections.abc import Callable

from tests.integration.command import Run
from tests.integration.realms import Realm


class Enforced:
    """An enforced realm, and what `verify` found in it before another tool ran."""

    def __init__(self, realm: Realm, kc2fa: Callable[..., Run]) -> None:
        self.realm = realm
        self._kc2fa = kc2fa
        self._before = self._findings()

    @property
    def name(self) -> str:
        return self.realm.name

    def new_findings(self) -> set[str]:
        """What `verify` finds now, and did not find before."""
        return self._findings() - self._before

    def state(self) -> str:
        return str(self._kc2fa("status").data["state"])

    def _findings(self) -> set[str]:
        run = self._kc2fa("verify")
        assert run.exit in {0, 7}, run.stdout
        return {each["id"] for each in run.data["findings"]}
