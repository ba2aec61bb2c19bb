"""An authenticator app: what the user's phone does, by pyotp (TOTP, RFC 6238)."""

import time
from collections.abc import Callable

import pyotp

LOOK_AHEAD = 1
"""How many periods after the current one Keycloak accepts already: its default `otpPolicyLookAheadWindow`."""


class Authenticator:
    """A phone with one key, which remembers the codes that it has given away.

    Args:
        key: What it was given; see `typed` and `scanned`.
        clock: Says the seconds since 1970.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        key: pyotp.TOTP,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.key = key
        """As pyotp has it: `secret`, `digits`, `interval` (the period in s), `digest`, `issuer`, `name`."""
        self._clock = clock
        self._sleep = sleep
        self._last_given = -1

    @classmethod
    def typed(cls, secret: str) -> "Authenticator":
        """Take a key that was typed in: what apps assume then is SHA1, 6 digits and 30 s.

        Args:
            secret: The key in base32, as the set-up page shows it; blanks and case do not matter.
        """
        return cls(pyotp.TOTP("".join(secret.split()).upper()))

    @classmethod
    def scanned(cls, uri: str) -> "Authenticator":
        """Take a key from a QR code.

        Args:
            uri: The otpauth URI in it (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).

        Raises:
            ValueError: It is not an otpauth URI, or one for a counter (hotp) rather than a clock.
        """
        key = pyotp.parse_uri(uri)
        if not isinstance(key, pyotp.TOTP):
            raise ValueError("The key is for a counter (hotp), not for a clock (totp).")  # noqa: TRY004  # see Raises
        return cls(key)

    def code(self) -> str:
        """The code that the phone shows now."""
        return self._give(self._period_now())

    def fresh_code(self, *, look_ahead: int = LOOK_AHEAD) -> str:
        """A code that was not given before, because Keycloak refuses a used one.

        Waits only where there is none within the server's window, and then for less than one period.

        Args:
            look_ahead: Codes after the current one that the server accepts; 0 waits as a person would.
        """
        period = max(self._period_now(), self._last_given + 1)
        early = (period - look_ahead) * self.key.interval - self._clock()
        if early > 0:
            self._sleep(early)
        return self._give(period)

    def wrong_code(self) -> str:
        """A code of the right length that is good in none of the 21 periods around now."""
        now = self._period_now()
        right = {self.key.generate_otp(period) for period in range(max(0, now - 10), now + 11)}
        return next(code for n in range(100) if (code := f"{n:0{self.key.digits}d}") not in right)

    def _period_now(self) -> int:
        return self.key.timecode(self._clock())

    def _give(self, period: int) -> str:
        self._last_given = max(self._last_given, period)
        return self.key.generate_otp(period)
