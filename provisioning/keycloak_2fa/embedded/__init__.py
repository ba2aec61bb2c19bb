"""A real Keycloak for the demo and for tests, without Docker and without Java beforehand."""

from keycloak_2fa.embedded.home import FAST_START, LONG_RUN
from keycloak_2fa.embedded.server import EmbeddedKeycloak, default_cache

__all__ = ["FAST_START", "LONG_RUN", "EmbeddedKeycloak", "default_cache"]
