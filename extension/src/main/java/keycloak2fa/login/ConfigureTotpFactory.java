package keycloak2fa.login;

import java.util.List;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionConfigModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.ProviderConfigProperty;

/** Puts {@link ConfigureTotp} in the place of Keycloak's own; where it cannot run, Keycloak's own stays. */
public final class ConfigureTotpFactory implements RequiredActionFactory, EnvironmentDependentProviderFactory {

    @Override
    public boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName());
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return new ConfigureTotp();
    }

    @Override
    public String getId() {
        return RequiredAction.CONFIGURE_TOTP.name();
    }

    @Override
    public String getDisplayText() {
        return new ConfigureTotp().getDisplayText();
    }

    @Override
    public boolean isOneTimeAction() {
        return new ConfigureTotp().isOneTimeAction();
    }

    @Override
    public boolean isConfigurable() {
        return new ConfigureTotp().isConfigurable();
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        return new ConfigureTotp().getConfigMetadata();
    }

    @Override
    public void validateConfig(KeycloakSession session, RealmModel realm, RequiredActionConfigModel config) {
        new ConfigureTotp().validateConfig(session, realm, config);
    }

    /** Of two factories of one id Keycloak takes the one of the higher order; its own has 0. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
