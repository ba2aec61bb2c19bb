"""`kc2fa demo`."""

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags


@answers("demo")
def demo(flags: Flags) -> Answer:
    """The whole job, shown on an embedded Keycloak."""
    raise NotImplementedError
