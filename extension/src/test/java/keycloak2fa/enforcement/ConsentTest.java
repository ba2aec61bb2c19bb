package keycloak2fa.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsentTest {

    private static Optional<String> fault(String body) throws IOException {
        return Consent.fault(body.getBytes(StandardCharsets.UTF_8)).map(Consent.Fault::code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"confirm\": \"Enforce 2FA\"}", " {\"confirm\":\"Enforce\\u00202FA\"}\n"})
    void theWordsAreConsent(String body) throws IOException {
        assertEquals(Optional.empty(), fault(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Enforce 2fa", "enforce 2FA", "Enforce 2FA ", "", "Enforce\\u00a02FA"})
    void otherWordsAreNot(String words) throws IOException {
        assertEquals(Optional.of("confirm-mismatch"), fault("{\"confirm\": \"" + words + "\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"Enforce 2FA\"",
                "{}",
                "{\"confirm\": true}",
                "{\"confirm\": [\"Enforce 2FA\"]}",
                "{\"Confirm\": \"Enforce 2FA\"}",
                "{\"confirm\": \"Enforce 2FA\", \"force\": true}",
                "{\"confirm\": \"Enforce 2FA\"} {}",
                "{\"confirm\": \"Enforce 2FA\"",
                "confirm=Enforce+2FA"
            })
    void anotherBodyIsMalformed(String body) throws IOException {
        assertEquals(Optional.of("malformed-body"), fault(body));
    }

    @Test
    void aLongBodyIsNotRead() throws IOException {
        assertEquals(Optional.of("body-too-large"), fault("{\"confirm\": \"Enforce 2FA\"}" + " ".repeat(1_000)));
    }
}
