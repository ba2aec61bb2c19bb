package keycloak2fa.login;

import org.keycloak.authentication.otp.FreeOTPProvider;
import org.keycloak.authentication.otp.OTPApplicationProvider;

/** The second app of the set-up page. */
public final class FreeOtpApp extends OtpApp {

    public FreeOtpApp() {
        super("freeotp", 2);
    }

    @Override
    OTPApplicationProvider keycloaks() {
        return new FreeOTPProvider();
    }
}
