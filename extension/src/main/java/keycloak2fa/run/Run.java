package keycloak2fa.run;

import keycloak2fa.server.Transactions;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.storage.UserStorageUtil;

/** One run over a realm: how far it is, and what the caches of all nodes are told of it. */
public final class Run {

    private static final long TELL_EVERY_NS = 1_000_000_000L;

    /** Emptying the cache of a realm's users makes the logins that follow dearer. */
    private static final long EVICT_EVERY_NS = 10_000_000_000L;

    private final Transactions transactions;
    private Progress progress = new Progress(0, 0);
    private long told;
    private long evicted = System.nanoTime();

    public Run(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Begins: nobody of so many users was reached. */
    public void begin(long users) {
        progress = new Progress(0, users);
        transactions.persistently((session, realm) -> {
            progress.write(session, realm);
            return null;
        });
    }

    /** In a transaction that writes: tells of it what is due, as that of so many users. */
    public synchronized void tell(KeycloakSession session, RealmModel realm, long users) {
        long now = System.nanoTime();
        if (now - told > TELL_EVERY_NS) {
            told = now;
            progress.plus(users).write(session, realm);
        }
        if (now - evicted > EVICT_EVERY_NS) {
            evicted = now;
            evict(session, realm);
        }
    }

    /** After it was committed. */
    public synchronized void reached(long users) {
        progress = progress.plus(users);
    }

    /** Ends, well or not. Also what an earlier run wrote, which was killed, is told to all nodes. */
    public void end() {
        transactions.persistently((session, realm) -> {
            Progress.end(session, realm);
            evict(session, realm);
            return null;
        });
    }

    /** What statements write goes past the cache, on every node. */
    private static void evict(KeycloakSession session, RealmModel realm) {
        UserCache cache = UserStorageUtil.userCache(session);
        if (cache != null) {
            cache.evict(realm);
        }
    }
}
