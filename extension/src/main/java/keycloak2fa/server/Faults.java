package keycloak2fa.server;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.keycloak.models.ModelException;

/** What to do about a transaction that failed. */
public final class Faults {

    /** How often a transaction is tried that loses against others. */
    private static final int MOST_TRIES = 4;

    /** How long a database is waited for that is away. */
    private static final long PATIENCE_MS = 120_000;

    /** 70 is to MySQL and MariaDB what 57 is to others: their server shuts down, or ended the connection. */
    private static final List<String> AWAY_CLASSES = List.of("08", "53", "57", "70");

    /** 41 and 55 are locks in MySQL and in PostgreSQL, 61 a deadlock in Oracle. */
    private static final List<String> CONFLICT_CLASSES = List.of("23", "40", "41", "55", "61");

    /** Of MySQL and MariaDB: a lock was waited for too long; a row has changed since it was read. */
    private static final Set<Integer> LOCK_CODES = Set.of(1205, 1020);

    private static final long SHORTEST_WAIT_MS = 50;
    private static final long LONGEST_WAIT_MS = 2_000;

    private Faults() {}

    /** Says that the database, or the way to it, may be gone for now, where Keycloak does not say it by an exception. */
    static final class AwayException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        AwayException(String message) {
            super(message);
        }
    }

    private enum Kind {
        /** Another transaction was in the way: a constraint, a deadlock, a serialization failure. */
        CONFLICT,
        /** The database or the way to it is gone for now. */
        AWAY,
        OTHER
    }

    /** Whether a transaction lost against another one. */
    public static boolean isConflict(Throwable error) {
        return kind(error) == Kind.CONFLICT;
    }

    /**
     * Does work that is one transaction, and does it again after a fault that passes.
     *
     * @param work what leaves nothing behind when it fails
     */
    public static <T> T persistently(Supplier<T> work) {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        int conflicts = 0;
        long wait = SHORTEST_WAIT_MS;
        while (true) {
            try {
                return work.get();
            } catch (RuntimeException fault) {
                Kind kind = kind(fault);
                conflicts += kind == Kind.CONFLICT ? 1 : 0;
                if (kind == Kind.OTHER || conflicts == MOST_TRIES || System.nanoTime() > end) {
                    throw fault;
                }
                sleep(wait);
                wait = Math.min(LONGEST_WAIT_MS, 2 * wait);
            }
        }
    }

    public static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    /** What a thread throws that is told to stop. */
    public static RuntimeException interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("The server is shutting down.", stopped);
    }

    private static Kind kind(Throwable error) {
        Kind kind = Kind.OTHER;
        for (Throwable cause = error; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return kind(sql.getSQLState(), sql.getErrorCode());
            }
            // Of a database's connection that broke, Keycloak's ModelException keeps the innermost cause alone. An LDAP
            // directory's stands in a NamingException: a directory is not waited for.
            boolean broken = cause instanceof ModelException && cause.getCause() instanceof IOException;
            if (broken
                    || cause instanceof AwayException
                    || cause.getClass().getName().startsWith("jakarta.transaction.")) {
                // The commit failed; its own cause, where there is one, says more.
                kind = Kind.AWAY;
            }
        }
        return kind;
    }

    /**
     * By the classes of SQLSTATE in ISO 9075: 23 is a constraint, 40 a rollback, 08 the connection, 53 a lack of resources,
     * 57 an intervention of an operator. Databases have names of their own for locks that were waited for in vain.
     */
    private static Kind kind(String state, int code) {
        if (state == null || AWAY_CLASSES.stream().anyMatch(state::startsWith)) {
            return Kind.AWAY;
        }
        boolean lock = state.equals("HYT00") || (state.startsWith("HY") && LOCK_CODES.contains(code));
        return lock || CONFLICT_CLASSES.stream().anyMatch(state::startsWith) ? Kind.CONFLICT : Kind.OTHER;
    }
}
