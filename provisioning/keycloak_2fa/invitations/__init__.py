"""Users who are invited: to an organization, or by a mail to set up their account."""
