package keycloak2fa.login;

import java.util.List;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.ProviderConfigProperty;

/** Makes the step for direct access grants. */
public final class TwoFactorDirectGrantFactory implements AuthenticatorFactory, EnvironmentDependentProviderFactory {

    private static final String ID = "two-factor-direct-grant";

    private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.DISABLED};

    @Override
    public boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName());
    }

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
