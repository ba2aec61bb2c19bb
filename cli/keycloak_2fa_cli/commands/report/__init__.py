"""`kc2fa report`: the command, and the files that it writes."""
