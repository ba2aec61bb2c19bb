package keycloak2fa.login;

import java.util.Map;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.models.utils.AuthenticationFlowResolver;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * What a user has beside the password. OTP always counts; a security key or recovery codes count only where the flow of
 * the login has a step that asks for them, because elsewhere nothing ever asks.
 */
public final class Factors {

    /** Types of credentials beside OTP, and the authenticators that ask for them. */
    private static final Map<String, String> OTHERS = Map.of(
            WebAuthnCredentialModel.TYPE_TWOFACTOR, "webauthn-authenticator",
            RecoveryAuthnCodesCredentialModel.TYPE, "auth-recovery-authn-code-form");

    private Factors() {}

    public static boolean hasOtp(UserModel user) {
        return has(user, OTPCredentialModel.TYPE);
    }

    /** Whether the user has a factor other than OTP that the browser flow of this login can ask for. */
    static boolean hasOther(AuthenticationSessionModel login) {
        UserModel user = login.getAuthenticatedUser();
        return OTHERS.keySet().stream().anyMatch(type -> has(user, type))
                && hasOther(
                        login.getRealm(),
                        AuthenticationFlowResolver.resolveBrowserFlow(login).getId(),
                        user);
    }

    /** Whether the user has any factor that a login to this client can ask for. */
    static boolean any(RealmModel realm, ClientModel client, UserModel user) {
        if (hasOtp(user)) {
            return true;
        }
        String ofClient = client == null ? null : client.getAuthenticationFlowBindingOverride("browser");
        String flow = ofClient != null && realm.getAuthenticationFlowById(ofClient) != null
                ? ofClient
                : realm.getBrowserFlow().getId();
        return hasOther(realm, flow, user);
    }

    private static boolean hasOther(RealmModel realm, String flow, UserModel user) {
        return OTHERS.entrySet().stream()
                .anyMatch(other -> has(user, other.getKey()) && asks(realm, flow, other.getValue()));
    }

    private static boolean has(UserModel user, String type) {
        // Keycloak has the credentials it keeps in its cache; to ask every provider of credentials costs more.
        return user.credentialManager()
                        .getStoredCredentialsByTypeStream(type)
                        .findAny()
                        .isPresent()
                || user.credentialManager().isConfiguredFor(type);
    }

    private static boolean asks(RealmModel realm, String flowId, String authenticator) {
        return realm.getAuthenticationExecutionsStream(flowId)
                .filter(AuthenticationExecutionModel::isEnabled)
                .anyMatch(execution -> execution.isAuthenticatorFlow()
                        ? asks(realm, execution.getFlowId(), authenticator)
                        : authenticator.equals(execution.getAuthenticator()));
    }
}
