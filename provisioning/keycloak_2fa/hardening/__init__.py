"""Close what the verification found, where a setting can close it."""
