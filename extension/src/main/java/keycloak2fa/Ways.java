package keycloak2fa;

import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.credential.CredentialInputValidator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.ServerInfoAwareProviderFactory;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;
import org.keycloak.storage.user.ImportedUserValidation;

/** Which way a realm's people are counted and marked: by whole statements where that is right, else page by page. */
final class Ways {

    private static final Logger LOG = Logger.getLogger(Ways.class);

    /** The database that the statements work on; null where they do not. */
    private volatile String database;

    /** Finds out whether this server suits the statements, and says in the log if not. */
    void check(KeycloakSessionFactory factory) {
        database = suitable(factory);
    }

    /** Whether whole statements work on this server. */
    boolean useStatements() {
        return database != null;
    }

    /** The realm's people. */
    People people(KeycloakSession session, RealmModel realm) {
        Transactions transactions = new Transactions(session, realm);
        Set<String> exempt = Exemptions.valid(session, realm, Exemptions.today());
        return database != null && tablesTellAll(session, realm)
                ? new UserTables(transactions, realm.getId(), exempt, database)
                : new UserPages(transactions, exempt);
    }

    private static String suitable(KeycloakSessionFactory factory) {
        String database = database(factory);
        if (!UserTables.knows(database)) {
            LOG.infof("two-factor: whole statements are switched off on %s; people are marked page by page", database);
            return null;
        }
        try {
            // In a transaction of its own: a statement that fails spoils it.
            KeycloakModelUtils.runJobInTransaction(factory, session -> UserTables.check(session, database));
            return database;
        } catch (LinkageError | RuntimeException changed) {
            LOG.warnf(
                    "two-factor: whole statements are switched off, because they fail on this Keycloak (%s);"
                            + " people are marked page by page",
                    Causes.innermost(changed));
            return null;
        }
    }

    /** Its name without its version. */
    private static String database(KeycloakSessionFactory factory) {
        return factory.getProviderFactory(JpaConnectionProvider.class) instanceof ServerInfoAwareProviderFactory info
                ? info.getOperationalInfo().getOrDefault("databaseProduct", "").split(" ", 2)[0]
                : "";
    }

    /** Not where a user storage keeps users, or their OTP, to itself. */
    private static boolean tablesTellAll(KeycloakSession session, RealmModel realm) {
        return realm.getComponentsStream(realm.getId(), UserStorageProvider.class.getName())
                .filter(component -> new UserStorageProviderModel(component).isEnabled())
                .allMatch(component -> {
                    UserStorageProvider storage =
                            session.getComponentProvider(UserStorageProvider.class, component.getId());
                    return imports(storage, component) && !keepsOtp(storage);
                });
    }

    /** Its setting alone does not tell: Keycloak reads it as "on" of a storage that knows no such setting. */
    private static boolean imports(UserStorageProvider storage, ComponentModel component) {
        return storage instanceof ImportedUserValidation && new UserStorageProviderModel(component).isImportEnabled();
    }

    private static boolean keepsOtp(UserStorageProvider storage) {
        return storage instanceof CredentialInputValidator validator
                && validator.supportsCredentialType(OTPCredentialModel.TYPE);
    }
}
