package keycloak2fa.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkTest {

    private static final Mark ENFORCING =
            new Mark(State.ENFORCING, "run-1", "2026-01-01T00:00:00Z", null, "ada", "extension", List.of());

    private static Map<String, List<String>> role(Mark mark) {
        Map<String, List<String>> role = new HashMap<>();
        mark.attributes().forEach((name, value) -> {
            if (value != null) {
                role.put(name, List.of(value));
            }
        });
        return role;
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Mark on = ENFORCING.finished();

        assertEquals(ENFORCING, Mark.of(role(ENFORCING)));
        assertEquals(on, Mark.of(role(on)));
    }

    @Test
    void aRoleThatSomebodyEmptiedStillEnforces() {
        Mark emptied = Mark.of(Map.of());

        assertEquals(State.ENFORCING, emptied.state());
        assertTrue(emptied.enforced());
        assertNull(emptied.runId());
    }

    @Test
    void aStateThatIsNoneOfOursIsNotOn() {
        assertEquals(State.ENFORCING, Mark.of(Map.of("state", List.of("OFF"))).state());
    }

    @Test
    void whatIsFinishedIsOnSinceThenAndKeepsItsTime() {
        Mark on = ENFORCING.finished();

        assertEquals(State.ON, on.state());
        assertNotNull(on.enforcedAt());
        assertSame(on, on.finished());
    }

    @Test
    void whatIsReopenedIsTheSameRunAgain() {
        assertEquals(ENFORCING, ENFORCING.finished().reopened());
        assertSame(ENFORCING, ENFORCING.reopened());
    }

    @Test
    void onlyTheRiskThatAPersonAcceptedCounts() {
        assertFalse(ENFORCING.acceptsUnwritableUsers());
        assertTrue(Mark.of(Map.of("accepted", List.of("other", "unwritable-users")))
                .acceptsUnwritableUsers());
    }

    @Test
    void itSaysWhatTheSeedSays() {
        assertEquals("2FA is currently set to: ON", ENFORCING.finished().message());
    }
}
