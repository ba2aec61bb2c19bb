"""A real Keycloak for the demo and for tests, without Docker and without Java beforehand."""

from embedded_keycloak.home import FAST_START, LONG_RUN
from embedded_keycloak.server import EmbeddedKeycloak, default_cache

__all__ = ["FAST_START", "LONG_RUN", "EmbeddedKeycloak", "default_cache"]
