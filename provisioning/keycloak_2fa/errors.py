"""Every error a user can meet: a code that never changes, what happened, and what to do next.

The families below `Error` say what kind of trouble it is; the command maps each family to one exit code.
"""

from collections.abc import Mapping
from typing import Any


class Error(Exception):
    """Root of all our errors.

    Args:
        message: What happened, as one sentence. Never holds a secret.
        hint: What the reader can do next, as one sentence.
        data: What had been found out or done by then, ready for JSON.
    """

    code: str

    def __init__(self, message: str, hint: str, *, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.data = data


class UsageError(Error):
    """The call or its input is wrong; nothing was written."""

    code = "usage"


class AccessError(Error):
    """Not logged in, or not allowed."""

    code = "access"


class ServerError(Error):
    """The server cannot be reached or keeps failing."""

    code = "server"


class PartlyDoneError(Error):
    """Some users could not be written; the others were."""

    code = "users-not-written"


class RefusedError(Error):
    """A person must decide first, or a preflight check failed; nothing was written."""

    code = "refused"


class NotHoldingError(Error):
    """`verify` found a way around 2FA or drift, or could not look everywhere."""

    code = "does-not-hold"


class MissingSettingError(UsageError):
    """A setting that the call needs was given neither as a flag nor in the environment."""

    code = "missing-setting"


class InsecureUrlError(UsageError):
    """Plain http to a host that is not this machine."""

    code = "insecure-url"


class BadUrlError(UsageError):
    """The server URL is not one."""

    code = "bad-url"


class BadFileError(UsageError):
    """A file that was named cannot be read, or does not hold what it should."""

    code = "bad-file"


class UnwritableOutputError(UsageError):
    """The output file cannot be written."""

    code = "unwritable-output"


class UnknownRealmError(UsageError):
    """The server has no such realm."""

    code = "unknown-realm"


class BadAddressError(UsageError):
    """What was given as an email address is not one."""

    code = "bad-address"


class UnknownOrganizationError(UsageError):
    """The realm has no such organization, or no organizations at all."""

    code = "unknown-organization"


class UnknownInvitationError(UsageError):
    """Nobody of that id or address has an invitation or a set-up to finish."""

    code = "unknown-invitation"


class AmbiguousInvitationError(UsageError):
    """More than one invitation is meant; the message names them."""

    code = "ambiguous-invitation"


class LoginRefusedError(AccessError):
    """Keycloak refused the credentials."""

    code = "login-refused"


class RoleMissingError(AccessError):
    """The caller's token lacks a role; the message names it."""

    code = "role-missing"


class UnreachableError(ServerError):
    """No connection to the server, or none that can be trusted."""

    code = "unreachable"


class NotKeycloakError(ServerError):
    """Something answers there, but it is not Keycloak."""

    code = "not-keycloak"


class ServerFailingError(ServerError):
    """The server answers, but with errors, until the retry timeout."""

    code = "server-failing"


class NoConsentError(RefusedError):
    """The words of consent are missing."""

    code = "no-consent"


class ConfirmMismatchError(RefusedError):
    """The words of consent are not the ones asked for."""

    code = "confirm-mismatch"


class CallerLockedOutError(RefusedError):
    """Enforcing would lock the caller out of its own login."""

    code = "caller-locked-out"


class ProviderAbsentError(RefusedError):
    """The server has no CONFIGURE_TOTP provider, so nobody could set up OTP."""

    code = "totp-provider-absent"


class NoMailServerError(RefusedError):
    """The realm has no mail server, so Keycloak could send nothing."""

    code = "no-mail-server"


class AlreadyThereError(RefusedError):
    """The address is already invited, a member or a user; no mail was sent."""

    code = "already-there"


class UserRefusedError(RefusedError):
    """Keycloak refuses to create the user or to mail them; the message gives its reason."""

    code = "user-refused"


class MailFailedError(ServerError):
    """Keycloak could not send the mail."""

    code = "mail-failed"
