package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
import org.keycloak.protocol.oidc.encode.DefaultTokenContextEncoderProviderFactory;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/**
 * Keycloak asks this provider for the id of every access token that it makes, by whatever grant: code, refresh, device,
 * CIBA, token exchange, JWT authorization grant. So this is where a token is refused to a user without a second factor.
 */
public final class CheckedTokensFactory extends DefaultTokenContextEncoderProviderFactory {

    /** Its parameters differ between the versions of Keycloak; the first is the same in all. */
    private static final String ISSUES = "getTokenContextFromClientSessionContext";

    @Override
    public TokenContextEncoderProvider create(KeycloakSession session) {
        TokenContextEncoderProvider keycloak = super.create(session);
        InvocationHandler checked = (proxy, method, arguments) -> {
            if (method.getName().equals(ISSUES)) {
                check(session, (ClientSessionContext) arguments[0]);
            }
            try {
                return method.invoke(keycloak, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        };
        return (TokenContextEncoderProvider) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TokenContextEncoderProvider.class}, checked);
    }

    /** Of two factories of one id Keycloak takes the one of the higher order; its own has 0. */
    @Override
    public int order() {
        return 1;
    }

    private static void check(KeycloakSession session, ClientSessionContext context) {
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
