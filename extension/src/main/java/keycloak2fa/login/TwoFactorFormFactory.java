package keycloak2fa.login;

import java.util.List;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.ProviderConfigProperty;

/** Makes the step for flows with pages: browser, after a broker login, reset of credentials. */
public final class TwoFactorFormFactory implements AuthenticatorFactory, EnvironmentDependentProviderFactory {

    private static final String ID = "two-factor-form";

    private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

    @Override
    public boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName());
    }

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

    @Override
    public Requirement[] getRequirementChoices() {
        return REQUIREMENTS.clone();
    }

    @Override
    public boolean isConfigurable() {
        return false;
    }

    @Override
    public boolean isUserSetupAllowed() {
        return false;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
