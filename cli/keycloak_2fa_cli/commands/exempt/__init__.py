"""`kc2fa exempt`: accounts that need no second factor, and who answers for each."""
