package keycloak2fa.login;

import java.util.Set;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * Whether a second factor was given in a login, as opposed to owned by the user. A step of a flow proves nothing: it may
 * stand behind a condition. A login that was completed with a factor leaves a note on its user session, so that single
 * sign-on does not ask again.
 */
final class FactorGiven {

    /** Holds the id of the user who gave it: what one user gave counts for no other. */
    private static final String NOTE = "two-factor";

    /** A passkey verifies its user, so it counts; whether it is enough alone is decided in {@link Need}. */
    private static final Set<String> TYPES = Set.of(
            OTPCredentialModel.TYPE,
            WebAuthnCredentialModel.TYPE_TWOFACTOR,
            WebAuthnCredentialModel.TYPE_PASSWORDLESS,
            RecoveryAuthnCodesCredentialModel.TYPE);

    /** Authenticators that succeed only with the factor. Keycloak 26.4 names no type for the one of direct grants. */
    private static final Set<String> AUTHENTICATORS = Set.of(
            "auth-otp-form",
            "direct-grant-validate-otp",
            "webauthn-authenticator",
            "webauthn-authenticator-passwordless",
            "auth-recovery-authn-code-form");

    private FactorGiven() {}

    /** In this very login. */
    static boolean in(AuthenticationSessionModel login) {
        return login.getAuthenticatedUser().getId().equals(login.getAuthNote(NOTE))
                || AuthenticatorUtil.getAuthnCredentials(login).stream().anyMatch(TYPES::contains)
                || login.getExecutionStatus().entrySet().stream()
                        .filter(execution -> execution.getValue() == ExecutionStatus.SUCCESS)
                        .anyMatch(execution -> isFactor(login.getRealm(), execution.getKey()));
    }

    /** When the session was opened, or later. */
    static boolean in(UserSessionModel session) {
        return session.getUser().getId().equals(session.getNote(NOTE));
    }

    /**
     * The same of a session whose login nobody checked: from before enforcement, or by a direct access grant. Keycloak keeps
     * the steps that were completed in a session. They are not asked of a login that is about to be completed: it has just
     * added its own.
     */
    static boolean inUncheckedLogin(UserSessionModel session) {
        return in(session)
                || AuthenticatorUtils.parseCompletedExecutions(session.getNote(Constants.AUTHENTICATORS_COMPLETED))
                        .keySet()
                        .stream()
                        .anyMatch(execution -> isFactor(session.getRealm(), execution));
    }

    static void note(AuthenticationSessionModel login) {
        String user = login.getAuthenticatedUser().getId();
        login.setAuthNote(NOTE, user);
        // A direct access grant passes no LoginCompletion, which would write it.
        login.setUserSessionNote(NOTE, user);
    }

    static void note(UserSessionModel session) {
        session.setNote(NOTE, session.getUser().getId());
    }

    /** The session that this browser has open for the same user; null where there is none. */
    static UserSessionModel open(KeycloakSession session, AuthenticationSessionModel login) {
        // Keycloak gives a user session the id of the root authentication session that it came from.
        UserSessionModel open = session.sessions()
                .getUserSession(login.getRealm(), login.getParentSession().getId());
        return open != null
                        && open.getUser() != null
                        && open.getUser()
                                .getId()
                                .equals(login.getAuthenticatedUser().getId())
                ? open
                : null;
    }

    private static boolean isFactor(RealmModel realm, String executionId) {
        AuthenticationExecutionModel execution = realm.getAuthenticationExecutionById(executionId);
        return execution != null
                && execution.getAuthenticator() != null
                && AUTHENTICATORS.contains(execution.getAuthenticator());
    }
}
