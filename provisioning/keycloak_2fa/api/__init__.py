"""Talk to Keycloak: the connection, its URLs, what an answer means, what is tried again. Knows no rule."""
