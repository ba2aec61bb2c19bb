package keycloak2fa.endpoints;

import keycloak2fa.people.Counts;
import keycloak2fa.people.Invitations;
import keycloak2fa.people.Ways;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** Hands a realm's endpoints to the Admin API. */
final class TwoFactorResourceProvider implements AdminRealmResourceProvider {

    private final Ways ways;
    private final Counts counts;
    private final Invitations invitations;

    TwoFactorResourceProvider(Ways ways, Counts counts, Invitations invitations) {
        this.ways = ways;
        this.counts = counts;
        this.invitations = invitations;
    }

    @Override
    public Object getResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        return new TwoFactorResource(session, realm, auth, adminEvent, ways, counts, invitations);
    }

    @Override
    public void close() {}
}
