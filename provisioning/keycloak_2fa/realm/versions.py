"""What the older servers that we support lack, and since when it is there.

A caller of a realm is not told the server's version; only administrators of the master realm are. So what is
lacking is found out by asking for it (Keycloak answers 404), never by comparing versions.
"""

from keycloak_2fa.warning_codes import WarningCode

INVITATIONS_SINCE = "26.5"
"""Invitations to organizations are kept, listed and sent again. Before, one was a signed link and nothing else."""

WORKFLOWS_SINCE = "26.7"
"""Workflows, the fallback for marking a user, are on by default. 26.5 has them as a preview that is off; 26.6 was not
tried. Without them nothing adds a required action to a user with an invalid profile."""

NO_INVITATIONS = WarningCode.INVITATIONS_NOT_LISTED.says(
    f"This Keycloak is older than {INVITATIONS_SINCE} and keeps no list of invitations to organizations. Its links "
    "stay valid until they expire: users who register by one set up 2FA where CONFIGURE_TOTP is a default action."
)
"""What lacking it means, for the reader."""
