package keycloak2fa.endpoints;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import keycloak2fa.enforcement.Refusal;

/** The body of a request: a small JSON object whose values are texts. */
final class Body {

    private static final int MOST_BYTES = 4_096;

    /** What Keycloak's database keeps of a text. */
    private static final int LONGEST = 255;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Body() {}

    /**
     * Reads it; what is optional and not there is the empty text.
     *
     * @throws jakarta.ws.rs.WebApplicationException 400: it is anything else
     */
    static Map<String, String> texts(InputStream body, Set<String> required, Set<String> optional) throws IOException {
        JsonNode said = object(body);
        Map<String, String> texts = new HashMap<>();
        optional.forEach(name -> texts.put(name, ""));
        for (Map.Entry<String, JsonNode> field : said.properties()) {
            String name = field.getKey();
            if ((!required.contains(name) && !optional.contains(name))
                    || !field.getValue().isTextual()) {
                throw Refusal.badRequest("malformed-body", "The body has a value that is not expected.");
            }
            texts.put(name, text(field.getValue().textValue()));
        }
        for (String name : required) {
            if (texts.getOrDefault(name, "").isEmpty()) {
                throw Refusal.badRequest("missing-" + name, "The body lacks the value " + name + ".");
            }
        }
        return texts;
    }

    private static String text(String said) {
        String text = said.strip();
        if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.badRequest(
                    "malformed-body", "A value is longer than " + LONGEST + " characters, or has a control character.");
        }
        return text;
    }

    private static JsonNode object(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw Refusal.badRequest("body-too-large", "The body is longer than " + MOST_BYTES + " bytes.");
        }
        try {
            JsonNode said = JSON.readTree(bytes);
            if (said.isObject()) {
                return said;
            }
        } catch (JsonProcessingException malformed) {
            // Answered below.
        }
        throw Refusal.badRequest("malformed-body", "The body is not a JSON object.");
    }
}
