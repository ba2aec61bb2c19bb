package keycloak2fa.endpoints;

import keycloak2fa.people.Invitations;
import keycloak2fa.people.Ways;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;

/** Puts {@link TwoFactorResource} below {@code /admin/realms/{realm}/}. */
public final class TwoFactorResourceProviderFactory implements AdminRealmResourceProviderFactory {

    private final Ways ways = new Ways();
    private final Invitations invitations = new Invitations();
    private final AdminRealmResourceProvider provider = new TwoFactorResourceProvider(ways, invitations);

    @Override
    public AdminRealmResourceProvider create(KeycloakSession session) {
        return provider;
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
                ways.check(factory);
                invitations.check(factory);
            }
        });
    }

    @Override
    public void close() {}
}
