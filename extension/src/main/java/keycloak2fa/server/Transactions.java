package keycloak2fa.server;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Runs work on one realm in transactions of its own, apart from the request's: what one commits, a crash keeps. */
public final class Transactions {

    /** Seconds; marking millions of people in one statement takes minutes. */
    private static final int LIMIT = 3600;

    private final KeycloakSessionFactory factory;
    private final String realmId;

    public Transactions(KeycloakSession session, RealmModel realm) {
        this.factory = session.getKeycloakSessionFactory();
        this.realmId = realm.getId();
    }

    public String realmId() {
        return realmId;
    }

    public KeycloakSessionFactory factory() {
        return factory;
    }

    /** Runs the work to its commit; an exception rolls back all of it, and none of what was committed before. */
    public <T> T run(BiFunction<KeycloakSession, RealmModel, T> work) {
        AtomicReference<T> result = new AtomicReference<>();
        KeycloakModelUtils.runJobInTransactionWithTimeout(
                factory,
                session -> {
                    RealmModel realm = session.realms().getRealm(realmId);
                    if (realm == null) {
                        // Keycloak also finds no realm where the connection just broke: then to try again helps.
                        throw new Faults.AwayException(
                                "The realm was not found: it is deleted, or the database is away.");
                    }
                    session.getContext().setRealm(realm);
                    result.set(work.apply(session, realm));
                },
                LIMIT);
        return result.get();
    }

    /** The same, again after a fault that passes: for work that leaves nothing behind when it fails. */
    public <T> T persistently(BiFunction<KeycloakSession, RealmModel, T> work) {
        return Faults.persistently(() -> run(work));
    }
}
