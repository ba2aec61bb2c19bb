package keycloak2fa.people;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a person stands with 2FA; the Python module {@code selection} decides alike. */
public enum Standing {
    /** Has an OTP credential. Left alone: the action would demand a second device. */
    ENROLLED,
    /** Has CONFIGURE_TOTP due at the next login. */
    ASKED,
    /** A break-glass account, left alone on purpose. */
    EXEMPT,
    /** None of these. */
    UNCOVERED;

    public static Standing of(boolean hasOtp, boolean asked, boolean exempt) {
        if (hasOtp) {
            return ENROLLED;
        }
        if (asked) {
            return ASKED;
        }
        return exempt ? EXEMPT : UNCOVERED;
    }

    @JsonValue
    public String inJson() {
        return name().toLowerCase(Locale.ROOT);
    }
}
