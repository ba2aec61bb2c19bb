package keycloak2fa.people;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import keycloak2fa.server.Waiting;

/**
 * The figures of realms. On one node a realm is counted by one request at a time, and what took long to count is shared
 * with those who ask soon after.
 */
public final class Counts {

    /** What takes less is counted for everybody who asks. */
    private static final long SHORT_NS = 1_000_000_000L;

    /** So a realm that is asked for all the time is counted for at most a sixth of the time. */
    private static final int SHARED_TIMES = 5;

    private static final long SHARED_AT_MOST_NS = 60_000_000_000L;

    /** While a run is under way its progress says more, and a count would only slow it down. */
    private static final long SHARED_IN_A_RUN_NS = 600_000_000_000L;

    private final Map<String, Realm> realms = new ConcurrentHashMap<>();
    private final Watcher watcher;

    public Counts(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Is told of every count. */
    public interface Watcher {

        /**
         * What is known of a realm since now.
         *
         * @param name the realm's name
         */
        default void counted(String realmId, String name, Counted figures) {}

        /** The realm is no more. */
        default void removed(String realmId) {}
    }

    /**
     * Figures, and when they were counted.
     *
     * @param at RFC 3339 in UTC
     */
    public record Counted(Population population, String at) {}

    private static final class Realm {
        private Counted last;
        private long began;
        private long took;

        Counted count(Supplier<Population> count, boolean running) {
            long age = System.nanoTime() - began - took;
            long shared = running ? SHARED_IN_A_RUN_NS : Math.min(SHARED_TIMES * took, SHARED_AT_MOST_NS);
            if (last != null && age < shared && (running || took > SHORT_NS)) {
                return last;
            }
            began = System.nanoTime();
            String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            last = new Counted(count.get(), at);
            took = System.nanoTime() - began;
            return last;
        }
    }

    /**
     * The realm's figures.
     *
     * @param name the realm's name
     * @param running whether a run is under way
     */
    public Counted of(String realmId, String name, boolean running, Supplier<Population> count) {
        Realm realm = realm(realmId);
        synchronized (realm) {
            Counted figures = realm.count(count, running);
            watcher.counted(realmId, name, figures);
            return figures;
        }
    }

    /** After the realm was removed. */
    public void removed(String realmId) {
        realms.remove(realmId);
        watcher.removed(realmId);
    }

    /**
     * Work that reads everybody too: it waits for its turn, and its result is the caller's alone.
     *
     * @param wanted whether the caller still waits: several may have left in the queue
     */
    public <T> T inTurn(String realmId, BooleanSupplier wanted, Supplier<T> work) {
        synchronized (realm(realmId)) {
            if (!wanted.getAsBoolean()) {
                throw new Waiting.GoneException();
            }
            return work.get();
        }
    }

    /** After a run: what was counted before is old. */
    public void forget(String realmId) {
        realms.remove(realmId);
    }

    private Realm realm(String realmId) {
        return realms.computeIfAbsent(realmId, id -> new Realm());
    }
}
