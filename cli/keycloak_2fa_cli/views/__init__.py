"""How each command's result looks: as JSON, and as text."""
