package keycloak2fa.login;

import org.keycloak.authentication.otp.GoogleAuthenticatorProvider;
import org.keycloak.authentication.otp.OTPApplicationProvider;

/** The third app of the set-up page. */
public final class GoogleAuthenticatorApp extends OtpApp {

    public GoogleAuthenticatorApp() {
        super("google", 3);
    }

    @Override
    OTPApplicationProvider keycloaks() {
        return new GoogleAuthenticatorProvider();
    }
}
