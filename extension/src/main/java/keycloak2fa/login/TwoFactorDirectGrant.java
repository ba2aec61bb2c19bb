package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import org.keycloak.OAuthErrorException;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.FlowStatus;
import org.keycloak.authentication.authenticators.directgrant.ValidateOTP;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The same for direct access grants (RFC 6749, 4.3), which have no page: a code is demanded, and nothing is set up. */
final class TwoFactorDirectGrant extends ValidateOTP {

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        switch (Need.of(context.getSession(), context.getAuthenticationSession())) {
            case NOTHING -> context.success();
            case CODE -> {
                super.authenticate(context);
                if (context.getStatus() == FlowStatus.SUCCESS) {
                    FactorGiven.note(context.getAuthenticationSession());
                }
            }
            case SET_UP, OTHER, IMPOSSIBLE -> {
                // As Keycloak answers where a required action is due.
                context.getEvent()
                        .user(context.getUser())
                        .detail(Details.REASON, Refused.NOT_SET_UP)
                        .error(Errors.RESOLVE_REQUIRED_ACTIONS);
                context.failure(
                        AuthenticationFlowError.INVALID_USER,
                        errorResponse(
                                Response.Status.BAD_REQUEST.getStatusCode(),
                                OAuthErrorException.INVALID_GRANT,
                                Refused.NOT_SET_UP));
            }
        }
    }

    /** Who has nothing set up is not skipped. */
    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }
}
