"""`kc2fa realm`: the realm's own settings."""
