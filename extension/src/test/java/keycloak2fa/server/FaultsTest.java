package keycloak2fa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.CommunicationException;
import javax.naming.NamingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.models.ModelException;

class FaultsTest {

    private static RuntimeException fault(String state, int code) {
        return new IllegalStateException(new RuntimeException(new SQLException("no", state, code)));
    }

    @ParameterizedTest(name = "SQLSTATE {0}, code {1}")
    @CsvSource({"23503, 0", "40001, 0", "40P01, 0", "41000, 0", "55P03, 0", "61000, 0", "HYT00, 0", "HY000, 1205"})
    void aTransactionThatLostAgainstAnotherIsAConflict(String state, int code) {
        assertTrue(Faults.isConflict(fault(state, code)));
    }

    @ParameterizedTest(name = "SQLSTATE {0}, code {1}")
    @CsvSource({"42601, 0", "22001, 0", "08006, 0", "57P01, 0", "HY000, 1064"})
    void anotherFaultIsNone(String state, int code) {
        assertFalse(Faults.isConflict(fault(state, code)));
    }

    @Test
    void aFaultWithoutADatabaseIsNone() {
        assertFalse(Faults.isConflict(new IllegalStateException(new IllegalArgumentException("no"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "08006", "57P01", "70100"})
    void workIsDoneAgainAfterAFaultThatPasses(String state) {
        AtomicInteger tries = new AtomicInteger();

        int done = Faults.persistently(() -> {
            if (tries.incrementAndGet() < 3) {
                throw fault(state, 0);
            }
            return tries.get();
        });

        assertEquals(3, done);
    }

    @Test
    void workIsDoneAgainAfterAConnectionThatBroke() {
        assertIsDoneAgain(
                new IllegalStateException(new ModelException("no", new EOFException("unexpected end of stream"))));
    }

    @Test
    void workIsDoneAgainWhereSomebodySaysThatTheDatabaseIsAway() {
        assertIsDoneAgain(new Faults.AwayException("no"));
    }

    private static void assertIsDoneAgain(RuntimeException fault) {
        AtomicInteger tries = new AtomicInteger();

        int done = Faults.persistently(() -> {
            if (tries.incrementAndGet() < 2) {
                throw fault;
            }
            return tries.get();
        });

        assertEquals(2, done);
    }

    @Test
    void whatKeepsLosingIsThrownAfterFourTries() {
        AtomicInteger tries = new AtomicInteger();

        assertThrows(
                IllegalStateException.class,
                () -> Faults.persistently(() -> {
                    tries.incrementAndGet();
                    throw fault("40001", 0);
                }));

        assertEquals(4, tries.get());
    }

    @Test
    void whatDoesNotPassIsThrownAtOnce() {
        assertIsThrownAtOnce(fault("42601", 0));
    }

    @Test
    void aDirectoryThatIsAwayIsNotWaitedFor() {
        NamingException refused = new CommunicationException("directory:389");
        refused.setRootCause(new ConnectException("Connection refused"));

        assertIsThrownAtOnce(new ModelException("LDAP query failed", refused));
    }

    private static void assertIsThrownAtOnce(RuntimeException fault) {
        AtomicInteger tries = new AtomicInteger();

        assertThrows(
                fault.getClass(),
                () -> Faults.persistently(() -> {
                    tries.incrementAndGet();
                    throw fault;
                }));

        assertEquals(1, tries.get());
    }

    @Test
    void theInnermostCauseIsTold() {
        assertEquals("java.sql.SQLException: no", Causes.innermost(fault("40001", 0)));
    }
}
