"""A user's way through Keycloak's login pages."""
