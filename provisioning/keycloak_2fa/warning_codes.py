"""Warnings: a closed set of codes that never change, each with the sentence of the moment.

A warning is the sentence, as JSON has it, and carries its code for programs.
"""

from enum import StrEnum
from typing import Self


class CodedWarning(str):
    """A sentence that deserves a look.

    Attributes:
        code: What it is about; never changes, while the sentence may.
    """

    __slots__ = ("code",)
    code: "WarningCode"

    def __new__(cls, code: "WarningCode", sentence: str) -> Self:
        """Give a sentence its code."""
        warning = super().__new__(cls, sentence)
        warning.code = code
        return warning


class WarningCode(StrEnum):
    """What a warning is about."""

    ALREADY_ENFORCED = "already-enforced"
    CALLER_WITHOUT_OTP = "caller-without-otp"
    CODE_REUSABLE = "code-reusable"
    DEVICES_STAY = "devices-stay"
    DIRECT_GRANTS = "direct-grants"
    DIRECT_GRANTS_NOT_CHECKED = "direct-grants-not-checked"
    DRIFT = "drift"
    EVENTS_NOT_READ = "events-not-read"
    EXEMPTION_EXPIRED = "exemption-expired"
    EXEMPTION_UNACCOUNTED = "exemption-unaccounted"
    EXEMPT_USER_ASKED = "exempt-user-asked"
    EXTENSION_NOT_SHOWN = "extension-not-shown"
    FILE_NAMES_USERS = "file-names-users"
    FIRST_LOGINS = "first-logins"
    FLOWS_UNDEMANDING = "flows-undemanding"
    GUARD_GONE = "guard-gone"
    GUARD_HOLDS_UNCOVERED = "guard-holds-uncovered"
    GUARD_NOT_ON = "guard-not-on"
    INVITATIONS_NOT_COUNTED = "invitations-not-counted"
    INVITATIONS_NOT_LISTED = "invitations-not-listed"
    KEYCLOAK_NOT_TRIED = "keycloak-not-tried"
    NEW_USERS_NOT_COVERED = "new-users-not-covered"
    OPEN_UNTIL_SET_UP = "open-until-set-up"
    PICTURE_MISSING = "picture-missing"
    POPULATION_MOVED = "population-moved"
    PROFILE_DEFAULTS = "profile-defaults"
    PROFILE_NOT_JUDGED = "profile-not-judged"
    PROVIDER_IMPORT_OFF = "provider-import-off"
    PROVIDER_NOT_SEEN = "provider-not-seen"
    PROVIDER_SILENT = "provider-silent"
    REASON_NOT_KEPT = "reason-not-kept"
    RECORD_NOT_WRITTEN = "record-not-written"
    REPORT_INCOMPLETE = "report-incomplete"
    RESET_BY_MAIL_STOPS = "reset-by-mail-stops"
    SESSIONS_ENDED = "sessions-ended"
    SESSIONS_OPEN = "sessions-open"
    SKIPPED = "skipped"
    USERNAME_FROM_EMAIL = "username-from-email"
    USERS_NOT_COUNTED_NOW = "users-not-counted-now"
    USERS_NOT_LOOKED_AT = "users-not-looked-at"
    WOULD_BE_REFUSED = "would-be-refused"

    def says(self, sentence: str) -> CodedWarning:
        """The warning of this code."""
        return CodedWarning(self, sentence)
