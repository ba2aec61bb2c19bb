package keycloak2fa.people;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import keycloak2fa.server.Faults;

/**
 * Work on all users of a realm, in ranges of the index on realm and username. Each range is a transaction of its own, and
 * two are under way at a time. One that loses against other transactions is tried again; if it keeps losing, it is
 * halved, in the end to one user. Whoever is deleted meanwhile is no failure.
 */
final class Ranges {

    /** Users in a range: small enough for logins not to wait, large enough to cost little. See bench/README.md. */
    static final int SIZE = 10_000;

    /** A database plans by the size of its tables, and that of the required actions may be empty at first. */
    private static final int FIRST_SIZE = 500;

    private static final int GROWTH = 5;

    /** Ranges under way: a database works on one with one of its processors. See bench/README.md. */
    private static final int AT_ONCE = 2;

    private final Table table;

    Ranges(Table table) {
        this.table = table;
    }

    /**
     * The users, as the index has them. A name of null stands for the beginning or the end. Each method does again by
     * itself what failed for a while, see {@link Faults}; what it throws kept failing. Several threads call them at once.
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

    /** Works on every range. The first that fails ends it: none is begun any more, and its fault is thrown. */
    Result forEach() {
        List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
        Measure measure = new Measure();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<Long>> each = Collections.nCopies(AT_ONCE, () -> ranges(measure, failures));
            long changed = 0;
            for (Future<Long> ended : threads.invokeAll(each)) {
                changed += ended.get();
            }
            failures.sort(Comparator.comparing(Failure::username));
            return new Result(changed, List.copyOf(failures));
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException own ? own : new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            throw Faults.interrupted(stopped);
        } finally {
            threads.shutdownNow();
        }
    }

    /** One range after the other, until there is none left. */
    private long ranges(Measure measure, List<Failure> failures) {
        long changed = 0;
        try {
            for (Range next = measure.next(); next != null; next = measure.next()) {
                long began = System.nanoTime();
                changed += range(next.after, next.upTo, next.users, failures);
                if (next.upTo != null) {
                    pause(System.nanoTime() - began);
                }
            }
            return changed;
        } finally {
            measure.end();
        }
    }

    private record Range(String after, String upTo, int users) {}

    /** Finds out where the next range ends. */
    private final class Measure {

        private String after;
        private int size = FIRST_SIZE;
        private boolean ended;

        /** Null where the last one was begun. */
        synchronized Range next() {
            if (ended) {
                return null;
            }
            Range next = new Range(after, table.skip(after, null, size), size);
            after = next.upTo;
            size = Math.min(SIZE, GROWTH * size);
            ended = after == null;
            return next;
        }

        synchronized void end() {
            ended = true;
        }
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
        Faults.sleep(nanoseconds / 1_000_000 / 10);
    }
}
