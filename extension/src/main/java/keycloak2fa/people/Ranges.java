package keycloak2fa.people;

import java.util.ArrayList;
import java.util.List;
import keycloak2fa.server.Faults;

/**
 * Work on all users of a realm, a range of the index on realm and username after the other. Each range is a transaction
 * of its own. One that loses against other transactions is tried again; if it keeps losing, it is halved, in the end to
 * one user. Whoever is deleted meanwhile is no failure.
 */
final class Ranges {

    /** Users in a range: small enough for logins not to wait, large enough to cost little. See bench/README.md. */
    static final int SIZE = 10_000;

    /** A database plans by the size of its tables, and that of the required actions may be empty at first. */
    private static final int FIRST_SIZE = 500;

    private static final int GROWTH = 5;

    private final Table table;

    Ranges(Table table) {
        this.table = table;
    }

    /**
     * The users, as the index has them. A name of null stands for the beginning or the end. Each method does again by
     * itself what failed for a while, see {@link Faults}; what it throws kept failing.
     */
    interface Table {

        /** The name of the user who is so many places behind another one; null where there are fewer up to the end. */
        String skip(String after, String upTo, int users);

        /**
         * Works on the users behind one name up to and with another one.
         *
         * @param users how many they were when the range was measured; for the progress alone
         * @return how many were changed
         */
        long work(String after, String upTo, int users);

        /** Who of a range of one user is still to be worked on, as a failure; empty where nobody is. */
        List<Failure> left(String after, String upTo, RuntimeException fault);
    }

    /** Whom the ranges reached, and whom not. */
    record Result(long changed, List<Failure> failures) {}

    Result forEach() {
        long changed = 0;
        List<Failure> failures = new ArrayList<>();
        String after = null;
        String upTo;
        int size = FIRST_SIZE;
        do {
            upTo = table.skip(after, null, size);
            long began = System.nanoTime();
            changed += range(after, upTo, size, failures);
            if (upTo != null) {
                pause(System.nanoTime() - began);
            }
            after = upTo;
            size = Math.min(SIZE, GROWTH * size);
        } while (upTo != null);
        return new Result(changed, List.copyOf(failures));
    }

    private long range(String after, String upTo, int users, List<Failure> failures) {
        try {
            return table.work(after, upTo, users);
        } catch (RuntimeException fault) {
            if (!Faults.isConflict(fault)) {
                throw fault;
            }
            if (users == 1) {
                failures.addAll(table.left(after, upTo, fault));
                return 0;
            }
            int half = (users + 1) / 2;
            String middle = table.skip(after, upTo, half);
            if (middle == null || middle.equals(upTo)) {
                // It holds no more than half of what it was measured to hold.
                return range(after, upTo, half, failures);
            }
            return range(after, middle, half, failures) + range(middle, upTo, users - half, failures);
        }
    }

    /** Lets logins have the database to themselves for a moment. */
    private static void pause(long nanoseconds) {
        Faults.sleep(nanoseconds / 1_000_000 / 20);
    }
}
