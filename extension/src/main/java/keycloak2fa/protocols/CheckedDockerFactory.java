package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import keycloak2fa.login.LoginCompletion;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.docker.DockerAuthV2Protocol;
import org.keycloak.protocol.docker.DockerAuthV2ProtocolFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Docker's protocol as Keycloak has it, with {@link LoginCompletion} before a token. It knows name and password only. */
public final class CheckedDockerFactory extends DockerAuthV2ProtocolFactory {

    @Override
    public LoginProtocol create(KeycloakSession session) {
        return new Checked().setSession(session);
    }

    /** Of two factories of one id Keycloak takes the one of the higher order. */
    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Checked extends DockerAuthV2Protocol {

        private KeycloakSession session;
        private EventBuilder event;

        @Override
        public LoginProtocol setSession(KeycloakSession session) {
            this.session = session;
            return super.setSession(session);
        }

        @Override
        public LoginProtocol setEventBuilder(EventBuilder event) {
            this.event = event;
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
