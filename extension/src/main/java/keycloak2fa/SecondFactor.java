package keycloak2fa;

import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Map;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.models.utils.AuthenticationFlowResolver;

/** Whether a user has something beside the password that the login at hand really asks for. */
final class SecondFactor {

    /** Types of credentials beside OTP, and the authenticators that ask for them. */
    private static final Map<String, String> OTHERS = Map.of(
            WebAuthnCredentialModel.TYPE_TWOFACTOR, "webauthn-authenticator",
            RecoveryAuthnCodesCredentialModel.TYPE, "auth-recovery-authn-code-form");

    private SecondFactor() {}

    static boolean isConfigured(RequiredActionContext login) {
        UserModel user = login.getUser();
        if (has(user, OTPCredentialModel.TYPE)) {
            return true;
        }
        if (isDirectGrant(login)) {
            // It shows no page, and OTP is all that it can ask for.
            return false;
        }
        // A client may have a flow of its own.
        String flow = AuthenticationFlowResolver.resolveBrowserFlow(login.getAuthenticationSession())
                .getId();
        return OTHERS.entrySet().stream()
                .anyMatch(other -> has(user, other.getKey()) && asks(login.getRealm(), flow, other.getValue()));
    }

    /** A login by password alone (RFC 6749, 4.3): its request must say so. */
    private static boolean isDirectGrant(RequiredActionContext login) {
        MultivaluedMap<String, String> form = login.getHttpRequest().getDecodedFormParameters();
        return form != null && OAuth2Constants.PASSWORD.equals(form.getFirst(OAuth2Constants.GRANT_TYPE));
    }

    private static boolean has(UserModel user, String type) {
        return user.credentialManager().isConfiguredFor(type);
    }

    private static boolean asks(RealmModel realm, String flowId, String authenticator) {
        return realm.getAuthenticationExecutionsStream(flowId)
                .filter(AuthenticationExecutionModel::isEnabled)
                .anyMatch(execution -> execution.isAuthenticatorFlow()
                        ? asks(realm, execution.getFlowId(), authenticator)
                        : authenticator.equals(execution.getAuthenticator()));
    }
}
