package keycloak2fa.login;

import org.keycloak.authentication.otp.MicrosoftAuthenticatorOTPProvider;
import org.keycloak.authentication.otp.OTPApplicationProvider;

/** The first app of the set-up page. */
public final class MicrosoftAuthenticatorApp extends OtpApp {

    public MicrosoftAuthenticatorApp() {
        super("microsoft-authenticator", 1);
    }

    @Override
    OTPApplicationProvider keycloaks() {
        return new MicrosoftAuthenticatorOTPProvider();
    }
}
