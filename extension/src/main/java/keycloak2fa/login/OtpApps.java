package keycloak2fa.login;

import java.util.List;

/** The three apps of the set-up page, in their order. Whoever asks what this class needs asks for all three. */
final class OtpApps {

    static final List<Class<? extends OtpApp>> IN_ORDER =
            List.of(MicrosoftAuthenticatorApp.class, FreeOtpApp.class, GoogleAuthenticatorApp.class);

    private OtpApps() {}
}
