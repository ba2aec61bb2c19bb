package keycloak2fa.about;

import java.util.List;
import java.util.stream.Stream;
import keycloak2fa.login.TwoFactorDirectGrant;
import keycloak2fa.login.TwoFactorFormFactory;
import keycloak2fa.login.TwoFactorGuardFactory;
import keycloak2fa.realm.RealmSettings;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.authentication.otp.OTPApplicationProvider;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.provider.Provider;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.ui.extend.UiTabProvider;

/** The parts of the extension that this server runs: an administrator can switch off a provider, or put another in its place. */
public final class Parts {

    private static final List<Part> KNOWN = List.of(
            new Part("guard", RequiredActionProvider.class, TwoFactorGuardFactory.ID),
            new Part("set-up", RequiredActionProvider.class, RealmSettings.TOTP),
            new Part("app-order", OTPApplicationProvider.class, "microsoft-authenticator"),
            new Part("flow-step", Authenticator.class, TwoFactorFormFactory.ID),
            new Part("direct-grant-step", Authenticator.class, TwoFactorDirectGrant.ID),
            new Part("oidc-logins", LoginProtocol.class, "openid-connect"),
            new Part("saml-logins", LoginProtocol.class, "saml"),
            new Part("docker-logins", LoginProtocol.class, "docker-v2"),
            // Keycloak asks for the SPI's default provider, which a setting of the server can change.
            new Part("tokens", TokenContextEncoderProvider.class, null),
            new Part("security-page", RealmResourceProvider.class, "two-factor"),
            new Part("security-tab", UiTabProvider.class, "Security (2FA)"));

    /** The package that all of the extension's classes are below. */
    private static final String OURS = "keycloak2fa.";

    private Parts() {}

    /** A provider of ours, by its SPI and its id; null for the SPI's default provider. */
    private record Part(String name, Class<? extends Provider> spi, String id) {

        boolean runs(KeycloakSessionFactory factory) {
            Object found = id == null ? factory.getProviderFactory(spi) : factory.getProviderFactory(spi, id);
            return found != null && found.getClass().getName().startsWith(OURS);
        }
    }

    /**
     * Their names.
     *
     * @param statements whether users are counted and marked by whole statements
     */
    public static List<String> on(KeycloakSessionFactory factory, boolean statements) {
        Stream<String> providers =
                KNOWN.stream().filter(part -> part.runs(factory)).map(Part::name);
        return (statements ? Stream.concat(providers, Stream.of("whole-statements")) : providers).toList();
    }
}
