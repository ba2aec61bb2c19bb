package keycloak2fa;

import java.util.Map;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

/** Whether a user has something beside the password that the realm's browser login really asks for. */
final class SecondFactor {

    /** Types of credentials beside OTP, and the authenticators that ask for them. */
    private static final Map<String, String> OTHERS = Map.of(
            WebAuthnCredentialModel.TYPE_TWOFACTOR, "webauthn-authenticator",
            RecoveryAuthnCodesCredentialModel.TYPE, "auth-recovery-authn-code-form");

    private SecondFactor() {}

    static boolean isConfigured(RealmModel realm, UserModel user) {
        if (has(user, OTPCredentialModel.TYPE)) {
            return true;
        }
        return OTHERS.entrySet().stream()
                .anyMatch(other -> has(user, other.getKey())
                        && asks(realm, realm.getBrowserFlow().getId(), other.getValue()));
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
