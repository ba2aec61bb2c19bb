"""What each command shows: its JSON data and its text."""
