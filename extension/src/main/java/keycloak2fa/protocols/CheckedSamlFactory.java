package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import keycloak2fa.login.LoginCompletion;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.saml.SamlProtocol;
import org.keycloak.protocol.saml.SamlProtocolFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/** SAML as Keycloak has it, with {@link LoginCompletion} before an assertion. */
public final class CheckedSamlFactory extends SamlProtocolFactory {

    @Override
    public LoginProtocol create(KeycloakSession session) {
        return new Checked().setSession(session);
    }

    /** Of two factories of one id Keycloak takes the one of the higher order. */
    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Checked extends SamlProtocol {

        /** The last thing that Keycloak tells a protocol before a login becomes a success. */
        @Override
        public SamlProtocol setEventBuilder(EventBuilder event) {
            LoginCompletion.checkConsent(session, event);
            return super.setEventBuilder(event);
        }

        @Override
        public Response authenticated(
                AuthenticationSessionModel login, UserSessionModel opened, ClientSessionContext context) {
            LoginCompletion.check(session, login, opened, event);
            return super.authenticated(login, opened, context);
        }
    }
}
