"""Find the ways around 2FA and what has drifted since enforcement."""
