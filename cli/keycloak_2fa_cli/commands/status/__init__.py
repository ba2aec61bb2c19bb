"""`kc2fa status`: the command, the figures for monitoring, and the watch."""
