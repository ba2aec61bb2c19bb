"""Every error of this package: a code, what happened, and what to do next."""

from typing import ClassVar


class EmbeddedKeycloakError(Exception):
    """Root of this package's errors: the embedded Keycloak cannot be had or does not start.

    Args:
        message: What happened, as one sentence. Never holds a secret.
        hint: What the reader can do next, as one sentence.
    """

    code: ClassVar[str] = "embedded"
    """A short name of the kind of error. It never changes."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class DownloadFailedError(EmbeddedKeycloakError):
    """No source has the Keycloak distribution, or none can be reached."""

    code = "download-failed"


class ChecksumMismatchError(EmbeddedKeycloakError):
    """The Keycloak distribution is not the published one."""

    code = "checksum-mismatch"


class BadDistributionError(EmbeddedKeycloakError):
    """The archive or the folder named is not a Keycloak that can be used."""

    code = "bad-distribution"


class NoSpaceError(EmbeddedKeycloakError):
    """The disk is too full for the embedded Keycloak."""

    code = "no-space"


class NoJavaError(EmbeddedKeycloakError):
    """There is no Java that Keycloak runs on."""

    code = "no-java"


class PortTakenError(EmbeddedKeycloakError):
    """The port that the embedded Keycloak needs cannot be opened."""

    code = "port-taken"


class StartFailedError(EmbeddedKeycloakError):
    """The embedded Keycloak was started, but did not become ready."""

    code = "start-failed"


class BadProviderError(EmbeddedKeycloakError):
    """The jar of an extension cannot be read."""

    code = "bad-provider"
