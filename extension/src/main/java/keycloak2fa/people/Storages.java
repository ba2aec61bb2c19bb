package keycloak2fa.people;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keycloak2fa.server.Causes;
import keycloak2fa.server.Transactions;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.credential.CredentialInputValidator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderFactory;
import org.keycloak.storage.UserStorageProviderModel;
import org.keycloak.storage.user.ImportedUserValidation;
import org.keycloak.storage.user.UserQueryMethodsProvider;

/** The user storages of a realm that are on: whom Keycloak's own tables do not tell of. */
public final class Storages {

    private static final Logger LOG = Logger.getLogger(Storages.class);

    /** Somebody whom no storage has: to look for them is to see whether it answers. */
    private static final Map<String, String> NOBODY =
            Map.of(UserModel.USERNAME, "two-factor-nobody-5a0c1f", UserModel.EXACT, "true");

    private final Transactions transactions;
    private final List<ComponentModel> all;

    private Storages(Transactions transactions, List<ComponentModel> all) {
        this.transactions = transactions;
        this.all = all;
    }

    public static Storages of(Transactions transactions) {
        return new Storages(
                transactions,
                transactions.persistently((session, realm) -> enabled(realm).toList()));
    }

    /** Those that keep users to themselves. */
    public List<ComponentModel> withUsersOfTheirOwn() {
        return transactions.persistently((session, realm) -> all.stream()
                .filter(component -> !imports(provider(session, component), component))
                .toList());
    }

    /** Whether one that lets Keycloak import its users keeps their OTP to itself. */
    boolean keepOtp() {
        return transactions.persistently((session, realm) -> all.stream().anyMatch(component -> {
            UserStorageProvider storage = provider(session, component);
            return imports(storage, component)
                    && storage instanceof CredentialInputValidator validator
                    && validator.supportsCredentialType(OTPCredentialModel.TYPE);
        }));
    }

    /** Names of those that do not answer: Keycloak leaves their users out, and says nothing. */
    List<String> silent() {
        return all.stream()
                .filter(component -> !answers(component))
                .map(ComponentModel::getName)
                .toList();
    }

    private boolean answers(ComponentModel component) {
        try {
            transactions.persistently((session, realm) -> {
                return provider(session, component) instanceof UserQueryMethodsProvider storage
                        && storage.searchForUserStream(realm, NOBODY, 0, 1)
                                .findFirst()
                                .isPresent();
            });
            return true;
        } catch (RuntimeException silent) {
            LOG.warnf(
                    "two-factor: the user storage %s does not answer (%s)",
                    component.getName(), Causes.innermost(silent));
            return false;
        }
    }

    private static Stream<ComponentModel> enabled(RealmModel realm) {
        return realm.getComponentsStream(realm.getId(), UserStorageProvider.class.getName())
                .filter(component -> new UserStorageProviderModel(component).isEnabled());
    }

    /**
     * As Keycloak's own manager of storages makes one, and keeps it in the session, where LDAP's mappers look for it; null
     * where its kind is gone from the server.
     */
    static UserStorageProvider provider(KeycloakSession session, ComponentModel component) {
        if (session.getAttribute(component.getId()) instanceof UserStorageProvider kept) {
            return kept;
        }
        ProviderFactory<?> factory = session.getKeycloakSessionFactory()
                .getProviderFactory(UserStorageProvider.class, component.getProviderId());
        if (!(factory instanceof UserStorageProviderFactory<?> storages)) {
            return null;
        }
        UserStorageProvider storage = storages.create(session, component);
        session.enlistForClose(storage);
        session.setAttribute(component.getId(), storage);
        return storage;
    }

    /** Its setting alone does not tell: Keycloak reads it as "on" of a storage that knows no such setting. */
    private static boolean imports(UserStorageProvider storage, ComponentModel component) {
        return storage instanceof ImportedUserValidation && new UserStorageProviderModel(component).isImportEnabled();
    }
}
