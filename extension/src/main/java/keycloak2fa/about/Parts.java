package keycloak2fa.about;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keycloak2fa.server.Linkage;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.Provider;

/**
 * The parts of the extension that this server runs: an administrator can switch off a provider, or put another in its
 * place, and a Keycloak of another version can lack what a part needs.
 */
public final class Parts {

    /** The one part that is no provider. */
    private static final String STATEMENTS = "whole-statements";

    private static final List<Part> KNOWN = List.of(
            requiredAction("guard", "two-factor-guard", "login.TwoFactorGuardFactory"),
            requiredAction("set-up", "CONFIGURE_TOTP", "login.ConfigureTotpFactory"),
            new Part(
                    "app-order",
                    "org.keycloak.authentication.otp.OTPApplicationProvider",
                    "microsoft-authenticator",
                    "login.OtpApps"),
            step("flow-step", "two-factor-form", "login.TwoFactorFormFactory"),
            step("direct-grant-step", "two-factor-direct-grant", "login.TwoFactorDirectGrantFactory"),
            protocol("oidc-logins", "openid-connect", "protocols.CheckedOidcFactory"),
            protocol("saml-logins", "saml", "protocols.CheckedSamlFactory"),
            protocol("docker-logins", "docker-v2", "protocols.CheckedDockerFactory"),
            // Keycloak asks for the SPI's default provider, which a setting of the server can change.
            new Part(
                    "tokens",
                    "org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider",
                    null,
                    "protocols.CheckedTokensFactory"),
            new Part(
                    "security-page",
                    "org.keycloak.services.resource.RealmResourceProvider",
                    "two-factor",
                    "page.SecurityPageProviderFactory"),
            new Part(
                    "security-tab",
                    "org.keycloak.services.ui.extend.UiTabProvider",
                    "Security (2FA)",
                    "page.SecurityTabFactory"));

    /** The package that all of the extension's classes are below. */
    private static final String OURS = "keycloak2fa.";

    private Parts() {}

    private static Part requiredAction(String name, String id, String root) {
        return new Part(name, "org.keycloak.authentication.RequiredActionProvider", id, root);
    }

    private static Part step(String name, String id, String root) {
        return new Part(name, "org.keycloak.authentication.Authenticator", id, root);
    }

    private static Part protocol(String name, String id, String root) {
        return new Part(name, "org.keycloak.protocol.LoginProtocol", id, root);
    }

    /**
     * A provider of ours. Its classes are given by name, for one that is gone must not take this list with it.
     *
     * @param spi the provider's interface
     * @param id of the provider; null for the SPI's default provider
     * @param root its factory, which names, by itself or by others, all that the part needs
     */
    private record Part(String name, String spi, String id, String root) {

        boolean runs(KeycloakSessionFactory factory) {
            return Linkage.works(OURS + root) && isInPlace(factory);
        }

        private boolean isInPlace(KeycloakSessionFactory factory) {
            try {
                Class<? extends Provider> provider = Class.forName(spi).asSubclass(Provider.class);
                Object found =
                        id == null ? factory.getProviderFactory(provider) : factory.getProviderFactory(provider, id);
                return found != null && found.getClass().getName().startsWith(OURS);
            } catch (ClassNotFoundException gone) {
                return false;
            }
        }

        String whyOff() {
            return Linkage.lacks(OURS + root)
                    .map(thing -> "this Keycloak has no " + thing)
                    .orElse("switched off, or another provider has its place");
        }
    }

    /**
     * The names of those that run.
     *
     * @param statements whether users are counted and marked by whole statements
     */
    public static List<String> on(KeycloakSessionFactory factory, boolean statements) {
        Stream<String> providers =
                KNOWN.stream().filter(part -> part.runs(factory)).map(Part::name);
        return (statements ? Stream.concat(providers, Stream.of(STATEMENTS)) : providers).toList();
    }

    /** The names of the others, each with the reason. */
    public static Map<String, String> off(KeycloakSessionFactory factory, boolean statements) {
        Map<String, String> reasons = new LinkedHashMap<>();
        KNOWN.stream().filter(part -> !part.runs(factory)).forEach(part -> reasons.put(part.name(), part.whyOff()));
        if (!statements) {
            reasons.put(STATEMENTS, "a statement fails on this Keycloak or its database, see the log");
        }
        return reasons;
    }

    /** The factory of each part, by the name of the part. */
    static Map<String, String> roots() {
        Map<String, String> roots = new LinkedHashMap<>();
        KNOWN.forEach(part -> roots.put(part.name(), OURS + part.root()));
        return roots;
    }

    /** What this Keycloak lacks, a sentence for each part that is off for that reason. */
    public static List<String> lacking() {
        return KNOWN.stream()
                .flatMap(part -> Linkage.lacks(OURS + part.root()).stream()
                        .map(thing -> "the part " + part.name() + " is switched off: this Keycloak has no " + thing))
                .toList();
    }

    /** Whether those run that look where a login ends, and where a token is made: without them, the guard is passed by. */
    public static boolean checkLogins(KeycloakSessionFactory factory) {
        return on(factory, false).containsAll(List.of("oidc-logins", "saml-logins", "tokens"));
    }
}
