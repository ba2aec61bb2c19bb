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
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolFactory;
import org.keycloak.protocol.oidc.OIDCProviderConfig;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * OpenID Connect as Keycloak has it, with {@link LoginCompletion} before a code, an implicit token or a device. A subclass,
 * and so on no server without its class: Keycloak casts its factory to that class, see DefaultMigrationProvider.
 */
public final class CheckedOidcFactory extends OIDCLoginProtocolFactory implements EnvironmentDependentProviderFactory {

    private OIDCProviderConfig config;

    @Override
    public void init(Config.Scope scope) {
        super.init(scope);
        config = ((OIDCLoginProtocol) super.create(null)).getConfig();
    }

    @Override
    public boolean isSupported(Config.Scope scope) {
        return Linkage.works(getClass().getName());
    }

    @Override
    public LoginProtocol create(KeycloakSession session) {
        return new Checked(config).setSession(session);
    }

    /** Of two factories of one id Keycloak takes the one of the higher order. */
    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Checked extends OIDCLoginProtocol {

        Checked(OIDCProviderConfig config) {
            super(config);
        }

        /** The last thing that Keycloak tells a protocol before a login becomes a success. */
        @Override
        public OIDCLoginProtocol setEventBuilder(EventBuilder event) {
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
