package keycloak2fa.accounts;

import java.util.List;
import keycloak2fa.enforcement.Refusal;
import keycloak2fa.state.Mark;
import org.keycloak.common.util.Time;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.SubjectCredentialManager;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.services.managers.AuthenticationManager;

/** A lost device: the user's OTP goes, the set-up comes back, and the user is signed out. In one transaction. */
public final class Reset {

    private Reset() {}

    /**
     * Resets one user.
     *
     * @return how many devices were removed
     * @throws jakarta.ws.rs.WebApplicationException 409: the OTP is kept where Keycloak cannot remove it, or the set-up
     *     cannot be made due
     */
    public static int of(KeycloakSession session, RealmModel realm, UserModel user) {
        SubjectCredentialManager credentials = user.credentialManager();
        List<String> otp = credentials
                .getStoredCredentialsByTypeStream(OTPCredentialModel.TYPE)
                .map(CredentialModel::getId)
                .toList();
        otp.forEach(credentials::removeStoredCredentialById);
        if (credentials.isConfiguredFor(OTPCredentialModel.TYPE)) {
            throw undone(session, "otp-in-storage", "The user's OTP is kept in their user storage: remove it there.");
        }
        // Where 2FA is enforced the guard asks also a user who cannot be written.
        if (!Asked.ask(user) && !Mark.read(realm).enforced()) {
            throw undone(session, "user-read-only", "The user is read-only, and 2FA is not enforced.");
        }
        signOut(session, realm, user);
        return otp.size();
    }

    /** As Keycloak's own sign-out of a user: offline tokens are refused too. */
    private static void signOut(KeycloakSession session, RealmModel realm, UserModel user) {
        session.users().setNotBeforeForUser(realm, user, Time.currentTime());
        List<UserSessionModel> open =
                session.sessions().getUserSessionsStream(realm, user).toList();
        open.forEach(each -> AuthenticationManager.backchannelLogout(
                session,
                realm,
                each,
                session.getContext().getUri(),
                session.getContext().getConnection(),
                session.getContext().getRequestHeaders(),
                true));
    }

    private static RuntimeException undone(KeycloakSession session, String code, String message) {
        session.getTransactionManager().setRollbackOnly();
        return Refusal.conflict(code, message + " Nothing was changed.");
    }
}
