package keycloak2fa.page;

import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resource.RealmResourceProvider;

/** Hands a realm's Security page to Keycloak. */
final class SecurityPageProvider implements RealmResourceProvider {

    private final KeycloakSession session;

    SecurityPageProvider(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public Object getResource() {
        return new SecurityPage(session);
    }

    @Override
    public void close() {}
}
