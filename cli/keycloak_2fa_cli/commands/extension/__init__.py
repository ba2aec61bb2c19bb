"""`kc2fa extension`: the extension for Keycloak itself."""
