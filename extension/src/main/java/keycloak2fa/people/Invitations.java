package keycloak2fa.people;

import keycloak2fa.server.Causes;
import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Pending invitations to organizations: people who are not users yet. */
public final class Invitations {

    private static final Logger LOG = Logger.getLogger(Invitations.class);

    private static final String PENDING = "select count(i) from OrganizationInvitationEntity i, OrganizationEntity o"
            + " where i.organizationId = o.id and o.realmId = :realm and i.expiresAt >= :now";

    private volatile boolean kept;
    private volatile boolean countable;

    /** Finds out whether this server keeps invitations, and so that they can be counted. */
    public void check(KeycloakSessionFactory factory) {
        kept = exists("org.keycloak.models.OrganizationInvitationModel");
        if (!kept) {
            return;
        }
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> count(session, ""));
            countable = true;
        } catch (LinkageError | RuntimeException changed) {
            LOG.warnf(
                    "two-factor: the count of pending invitations is switched off, because it fails on this"
                            + " Keycloak (%s)",
                    Causes.innermost(changed));
        }
    }

    /** How many are open: 0 before Keycloak 26.5, which keeps none; null where they cannot be counted. */
    public Long pending(KeycloakSession session, RealmModel realm) {
        if (!kept || !realm.isOrganizationsEnabled()) {
            return 0L;
        }
        return countable ? count(session, realm.getId()) : null;
    }

    private static Long count(KeycloakSession session, String realmId) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(PENDING, Long.class)
                .setParameter("realm", realmId)
                .setParameter("now", Time.currentTime())
                .getSingleResult();
    }

    private static boolean exists(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException older) {
            return false;
        }
    }
}
