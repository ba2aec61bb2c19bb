package keycloak2fa.protocols;

import java.util.List;
import java.util.Map;
import java.util.Set;
import keycloak2fa.login.LoginCompletion;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.LoginProtocolFactory;
import org.keycloak.protocol.docker.DockerAuthV2ProtocolFactory;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;

/**
 * Docker's protocol as Keycloak has it, with {@link LoginCompletion} before a token. It knows name and password only. It
 * asks Keycloak's own factory, so that a server that has none any more starts all the same.
 */
public final class CheckedDockerFactory implements LoginProtocolFactory, EnvironmentDependentProviderFactory {

    private LoginProtocolFactory keycloaks;

    @Override
    public boolean isSupported(Config.Scope scope) {
        return Linkage.works(getClass().getName())
                && (!(keycloaks() instanceof EnvironmentDependentProviderFactory own) || own.isSupported(scope));
    }

    @Override
    public LoginProtocol create(KeycloakSession session) {
        return new CheckedDocker().setSession(session);
    }

    @Override
    public String getId() {
        return "docker-v2";
    }

    /** Of two factories of one id Keycloak takes the one of the higher order. */
    @Override
    public int order() {
        return keycloaks().order() + 1;
    }

    @Override
    public void init(Config.Scope config) {
        keycloaks().init(config);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        keycloaks().postInit(factory);
    }

    @Override
    public void close() {
        keycloaks().close();
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        return keycloaks().getConfigMetadata();
    }

    @Override
    public Set<Class<? extends Provider>> dependsOn() {
        return keycloaks().dependsOn();
    }

    @Override
    public Map<String, ProtocolMapperModel> getBuiltinMappers() {
        return keycloaks().getBuiltinMappers();
    }

    @Override
    public Object createProtocolEndpoint(KeycloakSession session, EventBuilder event) {
        return keycloaks().createProtocolEndpoint(session, event);
    }

    @Override
    public void createDefaultClientScopes(RealmModel realm, boolean addToExistingClients) {
        keycloaks().createDefaultClientScopes(realm, addToExistingClients);
    }

    @Override
    public void setupClientDefaults(ClientRepresentation representation, ClientModel client) {
        keycloaks().setupClientDefaults(representation, client);
    }

    @Override
    public void addClientScopeDefaults(ClientScopeRepresentation scope) {
        keycloaks().addClientScopeDefaults(scope);
    }

    private LoginProtocolFactory keycloaks() {
        if (keycloaks == null) {
            keycloaks = new DockerAuthV2ProtocolFactory();
        }
        return keycloaks;
    }
}
