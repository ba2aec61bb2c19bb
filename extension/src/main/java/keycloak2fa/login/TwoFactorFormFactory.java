package keycloak2fa.login;

import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.credential.OTPCredentialModel;

/** Makes the step for flows with pages: browser, after a broker login, reset of credentials. */
public final class TwoFactorFormFactory extends TwoFactorStepFactory {

    private static final String ID = "two-factor-form";

    @Override
    public Authenticator create(KeycloakSession session) {
        return new TwoFactorForm();
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Two-factor form";
    }

    @Override
    public String getHelpText() {
        return "Asks for a one-time code, or lets the user set up OTP. Passes exempt users, and users who already gave"
                + " a second factor in this login.";
    }

    @Override
    public String getReferenceCategory() {
        return OTPCredentialModel.TYPE;
    }
}
