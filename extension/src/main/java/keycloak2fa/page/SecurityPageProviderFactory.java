package keycloak2fa.page;

import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

/** Puts the {@link SecurityPage} below {@code /realms/{realm}/}. */
public final class SecurityPageProviderFactory
        implements RealmResourceProviderFactory, EnvironmentDependentProviderFactory {

    @Override
    public boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName());
    }

    @Override
    public RealmResourceProvider create(KeycloakSession session) {
        return new SecurityPageProvider(session);
    }

    @Override
    public String getId() {
        return "two-factor";
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof PostMigrationEvent) {
                // Not before: only now the database is there.
                KeycloakModelUtils.runJobInTransaction(factory, PageClient::registerForServer);
            }
        });
    }

    @Override
    public void close() {}
}
