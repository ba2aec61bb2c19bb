package keycloak2fa.enforcement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The words that a person typed, as the body {@code {"confirm": "Enforce 2FA"}}. */
public final class Consent {

    private static final String WORDS = "Enforce 2FA";
    private static final int MOST_BYTES = 1_024;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Consent() {}

    /** What is wrong with a body: a code, and a sentence. */
    record Fault(String code, String message) {}

    /** Refuses a body that is anything else. */
    public static void require(InputStream body) throws IOException {
        Optional<Fault> fault = fault(body.readNBytes(MOST_BYTES + 1));
        if (fault.isPresent()) {
            throw Refusal.badRequest(fault.get().code(), fault.get().message());
        }
    }

    /** What is wrong with a body, of which no more need be there than the longest one and a byte. Pure. */
    static Optional<Fault> fault(byte[] body) throws IOException {
        if (body.length > MOST_BYTES) {
            return wrong("body-too-large", "The body is longer than " + MOST_BYTES + " bytes.");
        }
        JsonNode said;
        try {
            said = JSON.readTree(body);
        } catch (JsonProcessingException malformed) {
            return wrong("malformed-body", "The body is not JSON.");
        }
        if (!said.isObject() || said.size() != 1 || !said.path("confirm").isTextual()) {
            return wrong("malformed-body", "The body is not {\"confirm\": \"" + WORDS + "\"}.");
        }
        return WORDS.equals(said.path("confirm").textValue())
                ? Optional.empty()
                : wrong("confirm-mismatch", "The words of consent are not \"" + WORDS + "\".");
    }

    private static Optional<Fault> wrong(String code, String message) {
        return Optional.of(new Fault(code, message));
    }
}
