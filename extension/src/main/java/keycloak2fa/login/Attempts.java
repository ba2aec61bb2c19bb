package keycloak2fa.login;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.services.managers.BruteForceProtector;

/** Wrong codes of a user, as Keycloak's brute-force protection counts them. */
final class Attempts {

    /** Keycloak 26.6 added the categories of what failed as a last parameter. */
    private static final Method FAILED_LOGIN = Arrays.stream(BruteForceProtector.class.getMethods())
            .filter(method -> method.getName().equals("failedLogin"))
            .findAny()
            .orElseThrow();

    private final KeycloakSession session;
    private final RealmModel realm;
    private final UserModel user;
    private final BruteForceProtector protector;

    Attempts(RequiredActionContext context) {
        this.session = context.getSession();
        this.realm = context.getRealm();
        this.user = context.getUser();
        this.protector = session.getProvider(BruteForceProtector.class);
    }

    /** Whether no more codes are taken for now. */
    boolean areLocked() {
        return realm.isBruteForceProtected()
                && (protector.isTemporarilyDisabled(session, realm, user)
                        || protector.isPermanentlyLockedOut(session, realm, user));
    }

    void failed() {
        if (!realm.isBruteForceProtected()) {
            return;
        }
        Object[] known = {
            realm,
            user,
            session.getContext().getConnection(),
            session.getContext().getUri(),
            Set.of(OTPCredentialModel.TYPE)
        };
        try {
            FAILED_LOGIN.invoke(protector, Arrays.copyOf(known, FAILED_LOGIN.getParameterCount()));
        } catch (IllegalAccessException | InvocationTargetException unexpected) {
            throw new IllegalStateException("Keycloak does not count a wrong code", unexpected);
        }
    }
}
