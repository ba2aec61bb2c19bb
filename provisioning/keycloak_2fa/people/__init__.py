"""The users of a realm: read, counted, and where each stands with 2FA."""
