package keycloak2fa.people;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import keycloak2fa.server.Causes;
import keycloak2fa.server.Transactions;
import keycloak2fa.state.Exemptions;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.ServerInfoAwareProviderFactory;

/** Which way a realm's users are counted and marked: by whole statements where that is right, else page by page. */
public final class Ways {

    private static final Logger LOG = Logger.getLogger(Ways.class);

    private volatile boolean statements;

    /** Finds out whether this server suits the statements, and says in the log if not. */
    public void check(KeycloakSessionFactory factory) {
        try {
            // In a transaction of its own: a statement that fails spoils it.
            KeycloakModelUtils.runJobInTransaction(factory, UserStatements::check);
            KeycloakModelUtils.runJobInTransaction(factory, UserSearch::check);
            statements = true;
        } catch (LinkageError | RuntimeException changed) {
            LOG.warnf(
                    "two-factor: whole statements are switched off, because they fail on this Keycloak with %s (%s);"
                            + " users are marked page by page",
                    database(factory).orElse("an unknown database"), Causes.innermost(changed));
        }
    }

    /** Whether whole statements work on this server. */
    public boolean useStatements() {
        return statements;
    }

    /**
     * The realm's users.
     *
     * @param wanted see {@link UserPages}
     */
    public People people(Transactions transactions, BooleanSupplier wanted) {
        Set<String> exempt =
                transactions.persistently((session, realm) -> Exemptions.valid(session, realm, Exemptions.today()));
        Storages storages = Storages.of(transactions);
        List<People> parts = new ArrayList<>();
        if (!statements) {
            return new Everybody(List.of(new UserPages(transactions, new UsersByOffset(), exempt, wanted)), storages);
        }
        parts.add(
                storages.keepOtp()
                        ? new UserPages(transactions, new UsersByKey(), exempt, wanted)
                        : new UserTables(transactions, exempt));
        storages.withUsersOfTheirOwn()
                .forEach(component ->
                        parts.add(new UserPages(transactions, new UsersOfStorage(component), exempt, wanted)));
        return new Everybody(List.copyOf(parts), storages);
    }

    /**
     * The database's product and version, as Keycloak asked the database itself when it connected; empty where it does not
     * tell. Another provider of connections may tell what it likes: whatever it does, the server goes on.
     */
    public static Optional<String> database(KeycloakSessionFactory factory) {
        try {
            return factory.getProviderFactory(JpaConnectionProvider.class)
                            instanceof ServerInfoAwareProviderFactory info
                    ? Optional.ofNullable(info.getOperationalInfo()).map(told -> told.get("databaseProduct"))
                    : Optional.empty();
        } catch (RuntimeException fault) {
            LOG.debug("two-factor: the database is not known", fault);
            return Optional.empty();
        }
    }
}
