package keycloak2fa.page;

import jakarta.ws.rs.core.UriBuilder;
import java.util.List;
import java.util.Map;
import keycloak2fa.server.Linkage;
import keycloak2fa.state.Mark;
import org.keycloak.Config;
import org.keycloak.common.Profile;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.EnvironmentDependentProviderFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.ui.extend.UiTabProvider;
import org.keycloak.services.ui.extend.UiTabProviderFactory;

/**
 * A tab in Realm settings that leads to the {@link SecurityPage}, where the server runs with the feature
 * {@code declarative-ui}.
 *
 * <p>All that such a tab can be is a form, the same for every realm, with a button Save: the state of a realm cannot
 * stand in it. So Save keeps nothing, and its answer is the realm's state and the page's address.
 */
public final class SecurityTabFactory
        implements UiTabProviderFactory<UiTabProvider>, EnvironmentDependentProviderFactory {

    @Override
    public boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName()) && Profile.isFeatureEnabled(Profile.Feature.DECLARATIVE_UI);
    }

    @Override
    public String getId() {
        // The tab's title too.
        return "Security (2FA)";
    }

    @Override
    public String getPath() {
        return "/:realm/realm-settings/:tab?";
    }

    @Override
    public Map<String, String> getParams() {
        return Map.of("tab", "two-factor");
    }

    @Override
    public String getHelpText() {
        return "What 2FA is set to, and where the Security page is.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        ProviderConfigProperty page = new ProviderConfigProperty(
                "page",
                "Security page",
                "It says what 2FA is set to and who is asked, and has the button Enforce. This form can do neither: its"
                        + " Save changes nothing, and answers with the state and the page's full address.",
                ProviderConfigProperty.STRING_TYPE,
                "/realms/{the realm you log in to}/two-factor/?realm={this realm}");
        page.setReadOnly(true);
        return List.of(page);
    }

    /** What Save calls. */
    @Override
    public void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel form) {
        // As a parameter: braces and quotes in a message would be taken for its format.
        throw new ComponentValidationException(
                "{0}", Mark.read(realm).message() + ". There is nothing to save: go to " + page(session, realm));
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

    /** The page is in the realm that the admin logged in to. */
    private static String page(KeycloakSession session, RealmModel realm) {
        String theirs = ((JsonWebToken) session.getContext().getBearerToken()).getIssuer();
        return UriBuilder.fromUri(theirs)
                .path("two-factor/")
                .queryParam("realm", "{realm}")
                .build(realm.getName())
                .toString();
    }
}
