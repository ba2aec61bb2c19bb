package keycloak2fa.protocols;

import jakarta.ws.rs.core.Response;
import keycloak2fa.login.LoginCompletion;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.saml.SamlProtocol;
import org.keycloak.protocol.saml.SamlProtocolFactory;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * SAML as Keycloak has it, with {@link LoginCompletion} before an assertion. A subclass, and so on no server without its
 * class: Keycloak casts its factory to that class, see SAMLEndpoint.
 */
public final class CheckedSamlFactory extends SamlProtocolFactory implements EnvironmentDependentProviderFactory {

    @Override
    public boolean isSupported(Config.Scope scope) {
        return Linkage.works(getClass().getName());
    }

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
