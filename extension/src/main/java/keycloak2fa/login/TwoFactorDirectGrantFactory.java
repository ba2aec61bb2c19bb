package keycloak2fa.login;

import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;

/** Makes the step for direct access grants. */
public final class TwoFactorDirectGrantFactory extends TwoFactorStepFactory {

    private static final String ID = "two-factor-direct-grant";

    @Override
    public Authenticator create(KeycloakSession session) {
        return new TwoFactorDirectGrant();
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Two-factor code";
    }

    @Override
    public String getHelpText() {
        return "Demands the parameter totp. Passes exempt users; refuses users without OTP.";
    }

    @Override
    public String getReferenceCategory() {
        return null;
    }
}
