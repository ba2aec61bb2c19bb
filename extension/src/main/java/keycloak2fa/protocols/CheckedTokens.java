package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import keycloak2fa.login.Need;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/** What is looked at before a token is made. */
final class CheckedTokens {

    private CheckedTokens() {}

    /**
     * Refuses a token.
     *
     * @throws CorsErrorResponseException the user has no factor, no exemption and no impersonator, or the factor was not given
     */
    static void check(KeycloakSession session, ClientSessionContext context) {
        RealmModel realm = session.getContext().getRealm();
        UserSessionModel open = context.getClientSession().getUserSession();
        ClientModel client = context.getClientSession().getClient();
        // The administrator's preview of a token ("Evaluate" of client scopes) is signed by nobody.
        if (isAdminApi(session)) {
            return;
        }
        String grant = context.getAttribute(Constants.GRANT_TYPE, String.class);
        Need.refusesToken(realm, open, client, grant).ifPresent(reason -> refuse(session, realm, open, client, reason));
    }

    private static void refuse(
            KeycloakSession session, RealmModel realm, UserSessionModel open, ClientModel client, String reason) {
        new EventBuilder(realm, session, session.getContext().getConnection())
                .event(EventType.LOGIN_ERROR)
                .client(client)
                .user(open.getUser())
                .session(open)
                .detail(Details.REASON, reason)
                .error(Errors.RESOLVE_REQUIRED_ACTIONS);
        throw new CorsErrorResponseException(
                Cors.builder().allowAllOrigins(),
                OAuthErrorException.INVALID_GRANT,
                reason,
                Response.Status.BAD_REQUEST);
    }

    private static boolean isAdminApi(KeycloakSession session) {
        return session.getContext().getUri().getPath().startsWith("/admin/");
    }
}
