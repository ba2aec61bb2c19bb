package keycloak2fa.login;

import org.keycloak.authentication.otp.FreeOTPProvider;
import org.keycloak.authentication.otp.GoogleAuthenticatorProvider;
import org.keycloak.authentication.otp.MicrosoftAuthenticatorOTPProvider;

/**
 * The three apps, in the order in which the set-up page names them. Keycloak collects its providers in a hash set, so the
 * order is that of their hash codes, which for Keycloak's own differ from one start of the server to the next. Each takes
 * the place of Keycloak's own by the same id and a higher order.
 */
final class OtpApps {

    private OtpApps() {}

    /** First. */
    public static final class Microsoft extends MicrosoftAuthenticatorOTPProvider {

        @Override
        public int order() {
            return 1;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /** Second. */
    public static final class FreeOtp extends FreeOTPProvider {

        @Override
        public int order() {
            return 1;
        }

        @Override
        public int hashCode() {
            return 2;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /** Third. */
    public static final class Google extends GoogleAuthenticatorProvider {

        @Override
        public int order() {
            return 1;
        }

        @Override
        public int hashCode() {
            return 3;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }
}
