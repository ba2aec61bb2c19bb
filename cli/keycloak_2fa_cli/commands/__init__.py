"""One file for each command: what it does, and what it shows. A folder where a command has several words."""
