"""Enforce two-factor authentication on a Keycloak realm, once and for good.

The library knows Keycloak and no terminal. Each module is one idea; ARCHITECTURE.md draws how they fit.
"""

__version__ = "0.1.0"
