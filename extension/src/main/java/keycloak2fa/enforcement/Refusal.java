package keycloak2fa.enforcement;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Map;

/** Answers that refuse, in Keycloak's own form: a code, and a sentence. */
public final class Refusal {

    private Refusal() {}

    public static WebApplicationException badRequest(String code, String message) {
        return refusal(Status.BAD_REQUEST, code, message);
    }

    public static WebApplicationException conflict(String code, String message) {
        return refusal(Status.CONFLICT, code, message);
    }

    private static WebApplicationException refusal(Status status, String code, String message) {
        return new WebApplicationException(Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .entity(Map.of("error", code, "errorMessage", message))
                .build());
    }
}
