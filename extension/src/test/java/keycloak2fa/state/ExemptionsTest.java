package keycloak2fa.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExemptionsTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);

    private static Map<String, List<String>> attributes(String expires) {
        return new HashMap<>(Map.of(
                "username", List.of("break-glass"),
                "reason", List.of("the pager"),
                "approver", List.of("grace"),
                "expires", List.of(expires),
                "created_at", List.of("2026-02-01T00:00:00Z"),
                "created_by", List.of("ada")));
    }

    private static Exemption read(Map<String, List<String>> attributes) {
        return Exemptions.of("two-factor-exempt-9d1f", attributes);
    }

    @Test
    void theRolesNameSaysWhoIsExempt() {
        assertEquals("9d1f", read(attributes("2026-03-01")).userId());
    }

    @ParameterizedTest(name = "until {0}: {1}")
    @CsvSource({
        "2026-02-28, false",
        // The last day counts.
        "2026-03-01, true",
        "2026-03-02, true",
        // A year and a day, and one more.
        "2027-03-02, true",
        "2027-03-03, false",
        "9999-12-31, false",
    })
    void itHoldsUntilItsLastDayAndNoLongerThanAYear(String expires, boolean holds) {
        assertEquals(holds, read(attributes(expires)).holds(TODAY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reason", "approver", "created_at", "created_by", "expires"})
    void oneThatNobodyAnswersForExemptsNobody(String missing) {
        Map<String, List<String>> attributes = attributes("2026-03-01");
        attributes.remove(missing);

        assertFalse(read(attributes).holds(TODAY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "never", "01.03.2026", "2026-02-30"})
    void aDayThatIsNoneExemptsNobody(String expires) {
        assertTrue(read(attributes(expires)).expired(TODAY));
    }
}
