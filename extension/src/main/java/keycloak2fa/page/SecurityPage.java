package keycloak2fa.page;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.models.BrowserSecurityHeaders;
import org.keycloak.models.KeycloakSession;

/**
 * The Security page at {@code /realms/{realm}/two-factor/}: files that are the same for everybody. What they show
 * comes from {@code TwoFactorResource}, with the token of the admin who looks.
 */
public final class SecurityPage {

    /** No inline script or style, nothing from elsewhere, in nobody's frame; the hidden frame of the login is ours. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = read("page.html");
    private static final Map<String, File> FILES = Map.of(
            "page.css", new File("text/css", read("page.css")),
            "page.js", new File("text/javascript", read("page.js")));

    private final KeycloakSession session;

    SecurityPage(KeycloakSession session) {
        this.session = session;
    }

    private record File(String type, String content) {}

    /** The page itself. */
    @GET
    public Response page() {
        String base = session.getContext().getUri().getBaseUri().getPath();
        String realm = session.getContext().getRealm().getName();
        String inPath = UriBuilder.fromPath("{realm}").build(realm).toString();
        String page = HTML.replace("{base}", escaped(base))
                .replace("{here}", escaped(base + "realms/" + inPath + "/two-factor/"))
                .replace("{realm-in-path}", escaped(inPath))
                .replace("{realm}", escaped(realm));
        return answer(MediaType.TEXT_HTML, page);
    }

    /** Its script and its style sheet. */
    @GET
    @Path("{name}")
    public Response file(@PathParam("name") String name) {
        File file = FILES.get(name);
        if (file == null) {
            throw new NotFoundException();
        }
        return answer(file.type(), file.content());
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

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String read(String name) {
        try (InputStream file = SecurityPage.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
