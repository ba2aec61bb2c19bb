package keycloak2fa.people;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandingTest {

    @ParameterizedTest(name = "OTP {0}, asked {1}, exempt {2}: {3}")
    @CsvSource({
        "true,  true,  true,  ENROLLED",
        "true,  true,  false, ENROLLED",
        "true,  false, true,  ENROLLED",
        "true,  false, false, ENROLLED",
        "false, true,  true,  ASKED",
        "false, true,  false, ASKED",
        "false, false, true,  EXEMPT",
        "false, false, false, UNCOVERED",
    })
    void otpCountsBeforeTheActionAndTheActionBeforeAnExemption(
            boolean otp, boolean asked, boolean exempt, Standing standing) {
        assertEquals(standing, Standing.of(otp, asked, exempt));
    }

    @Test
    void aReportNamesItInLowerCase() {
        assertEquals("uncovered", Standing.UNCOVERED.inJson());
    }

    @Test
    void everybodyIsCountedOnce() {
        Population counted = new Population(1, 2, 3, 4, 50, List.of());

        assertEquals(10, counted.total());
    }

    @Test
    void whoeverWasUncoveredIsAskedButThoseWhoFailed() {
        Population after = new Population(1, 2, 3, 4, 0, List.of()).allAskedBut(1);

        assertEquals(new Population(1, 5, 3, 1, 0, List.of()), after);
    }

    @Test
    void aSilentStorageIsNamedOnceForAllParts() {
        Population one = new Population(1, 0, 0, 0, 0, List.of("ldap"));

        assertEquals(
                List.of("ldap", "hr"),
                one.plus(new Population(0, 0, 0, 0, 0, List.of("hr", "ldap"))).silent());
    }
}
