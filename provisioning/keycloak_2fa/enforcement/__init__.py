"""Enforce 2FA on a realm: look ahead, refuse, mark everybody, and say where it stands."""
