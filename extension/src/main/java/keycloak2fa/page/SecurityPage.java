package keycloak2fa.page;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.common.Version;
import org.keycloak.common.util.Encode;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.models.BrowserSecurityHeaders;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.urls.UrlType;

/**
 * The Security page at {@code /realms/{realm}/two-factor/}: files that are the same for everybody. What they show
 * comes from {@code TwoFactorResource}, with the token of the admin who looks.
 */
public final class SecurityPage {

    /** No inline script or style, nothing from elsewhere, in nobody's frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = read("page.html");
    private static final Map<String, String> TYPES =
            Map.of("css", "text/css", "js", "text/javascript", "json", MediaType.APPLICATION_JSON);

    private static final Pattern PLACE = Pattern.compile("\\{([a-z]+)\\}");

    /** Keycloak's own copy of PatternFly, fonts and icon, which its login pages use too. */
    private static final String COMMON = "/common/keycloak";

    private final KeycloakSession session;

    SecurityPage(KeycloakSession session) {
        this.session = session;
    }

    /** The page itself. */
    @GET
    public Response page() {
        RealmModel realm = session.getContext().getRealm();
        PageClient.register(session, realm);
        URI admins = session.getContext().getUri(UrlType.ADMIN).getBaseUri();
        URI users = session.getContext().getUri(UrlType.FRONTEND).getBaseUri();
        // Relative addresses: they are right on either host, and below any path.
        boolean slash = session.getContext().getUri().getPath().endsWith("/");
        Map<String, String> values = Map.of(
                "page", below(admins, PageClient.path(realm)),
                "issuer", Urls.realmIssuer(users, realm.getName()),
                "admin", below(admins, "/admin/" + Encode.encodePathAsIs(realm.getName()) + "/console/"),
                "here", slash ? "./" : "./two-factor/",
                "resources", (slash ? "../../../" : "../../") + "resources/" + Version.RESOURCES_VERSION + COMMON,
                "client", PageClient.ID,
                "locale", locale(realm),
                "realm", realm.getName());
        return answer(MediaType.TEXT_HTML, filled(values));
    }

    /** Its scripts, its style sheet and its texts. */
    @GET
    @Path("{name: [a-z]+\\.(css|js)|messages/[a-z]+\\.json}")
    public Response file(@PathParam("name") String name) {
        String content = read(name);
        if (content == null) {
            throw new NotFoundException();
        }
        return answer(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), content);
    }

    private static String filled(Map<String, String> values) {
        // In one walk: no value can bring in another one's name.
        return PLACE.matcher(HTML).replaceAll(place -> Matcher.quoteReplacement(escaped(values.get(place.group(1)))));
    }

    private static String below(URI base, String path) {
        return base.toString().replaceFirst("/+$", "") + path;
    }

    /** The language that the realm chooses for this reader; empty where it leaves it to the browser. */
    private String locale(RealmModel realm) {
        return realm.isInternationalizationEnabled()
                ? session.getContext().resolveLocale(null).toLanguageTag()
                : "";
    }

    private Response answer(String type, String content) {
        // Keycloak's own headers, made for its login pages, would replace the stricter ones.
        session.getProvider(SecurityHeadersProvider.class).options().skipHeaders();
        Response.ResponseBuilder answer = Response.ok(content, type + ";charset=utf-8")
                .header("Cache-Control", "no-cache")
                .header("Content-Security-Policy", POLICY)
                .header("X-Frame-Options", "DENY")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Robots-Tag", "none");
        BrowserSecurityHeaders transport = BrowserSecurityHeaders.STRICT_TRANSPORT_SECURITY;
        String realms =
                session.getContext().getRealm().getBrowserSecurityHeaders().get(transport.getKey());
        if (realms != null && !realms.isEmpty()) {
            answer.header(transport.getHeaderName(), realms);
        }
        return answer.build();
    }

    /** As text of an element, or of an attribute in double quotes. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Null where there is none. */
    private static String read(String name) {
        try (InputStream file = SecurityPage.class.getResourceAsStream(name)) {
            return file == null ? null : new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
