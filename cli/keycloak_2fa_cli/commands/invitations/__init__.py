"""`kc2fa invitations`: who is invited and not in yet."""
