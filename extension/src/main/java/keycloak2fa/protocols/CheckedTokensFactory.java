package keycloak2fa.protocols;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.encode.DefaultTokenContextEncoderProviderFactory;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProviderFactory;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Keycloak asks this provider for the id of every access token that it makes, by whatever grant: code, refresh, device,
 * CIBA, token exchange, JWT authorization grant. So this is where a token is refused to a user without a second factor.
 */
public final class CheckedTokensFactory
        implements TokenContextEncoderProviderFactory, EnvironmentDependentProviderFactory {

    /** Its parameters differ between the versions of Keycloak; the first is the same in all. */
    private static final String ISSUES = "getTokenContextFromClientSessionContext";

    private TokenContextEncoderProviderFactory keycloaks;

    @Override
    public boolean isSupported(Config.Scope scope) {
        return Linkage.works(getClass().getName());
    }

    @Override
    public TokenContextEncoderProvider create(KeycloakSession session) {
        TokenContextEncoderProvider keycloak = keycloaks().create(session);
        InvocationHandler checked = (proxy, method, arguments) -> {
            if (method.getName().equals(ISSUES)) {
                CheckedTokens.check(session, (ClientSessionContext) arguments[0]);
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

    @Override
    public String getId() {
        return "default";
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

    /** Of two factories of one id Keycloak takes the one of the higher order; its own has 0. */
    @Override
    public int order() {
        return 1;
    }

    private TokenContextEncoderProviderFactory keycloaks() {
        if (keycloaks == null) {
            keycloaks = new DefaultTokenContextEncoderProviderFactory();
        }
        return keycloaks;
    }
}
