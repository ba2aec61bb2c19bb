package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import keycloak2fa.login.LoginCompletion;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.docker.DockerAuthV2Protocol;
import org.keycloak.sessions.AuthenticationSessionModel;

/** One login by Docker's protocol. */
final class CheckedDocker extends DockerAuthV2Protocol {

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
