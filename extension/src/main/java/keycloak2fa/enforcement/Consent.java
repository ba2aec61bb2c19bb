package keycloak2fa.enforcement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/** The words that a person typed, as the body {@code {"confirm": "Enforce 2FA"}}. */
public final class Consent {

    private static final String WORDS = "Enforce 2FA";
    private static final int MOST_BYTES = 1_024;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Consent() {}

    /** Refuses a body that is anything else. */
    public static void require(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw Refusal.badRequest("body-too-large", "The body is longer than " + MOST_BYTES + " bytes.");
        }
        JsonNode said = parse(bytes);
        if (!said.isObject() || said.size() != 1 || !said.path("confirm").isTextual()) {
            throw Refusal.badRequest("malformed-body", "The body is not {\"confirm\": \"" + WORDS + "\"}.");
        }
        if (!WORDS.equals(said.path("confirm").textValue())) {
            throw Refusal.badRequest("confirm-mismatch", "The words of consent are not \"" + WORDS + "\".");
        }
    }

    private static JsonNode parse(byte[] bytes) throws IOException {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException malformed) {
            throw Refusal.badRequest("malformed-body", "The body is not JSON.");
        }
    }
}
