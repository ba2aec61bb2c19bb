package keycloak2fa.enforcement;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import keycloak2fa.server.Transactions;
import keycloak2fa.state.Mark;
import org.jboss.logging.Logger;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.cluster.ExecutionResult;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;

/** An enforcement of which there is one at a time for a realm, on all nodes together. */
public final class SingleRun {

    private static final Logger LOG = Logger.getLogger(SingleRun.class);

    /** Seconds after which a run whose node vanished without a word no longer keeps others out. */
    private static final int LOCKED_AT_MOST = 3600;

    private final Transactions transactions;
    private final Enforcement enforcement;
    private final String caller;
    private final Runnable afterwards;

    public SingleRun(Transactions transactions, Enforcement enforcement, String caller, Runnable afterwards) {
        this.transactions = transactions;
        this.enforcement = enforcement;
        this.caller = caller;
        this.afterwards = afterwards;
    }

    /** Runs it to its end, or refuses where another one is under way. */
    public Enforcement.Outcome run(KeycloakSession session) {
        return run(session, new CompletableFuture<>());
    }

    /** Begins it, or refuses where another one is under way; the rest is done in the background. */
    public Mark begin(KeycloakSession session) {
        CompletableFuture<Mark> claimed = new CompletableFuture<>();
        session.getProvider(ExecutorsProvider.class).getExecutor("two-factor").execute(() -> {
            // Of its own, for the request's ends with the request.
            try (KeycloakSession own = transactions.factory().create()) {
                run(own, claimed);
            } catch (RuntimeException error) {
                if (!claimed.completeExceptionally(error)) {
                    LOG.errorf(error, "two-factor: enforcing broke off; enforce again to finish");
                }
            }
        });
        try {
            return claimed.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException own ? own : failed;
        }
    }

    private Enforcement.Outcome run(KeycloakSession session, CompletableFuture<Mark> claimed) {
        ExecutionResult<Enforcement.Outcome> done = session.getProvider(ClusterProvider.class)
                .executeIfNotExecuted("two-factor-" + transactions.realmId(), LOCKED_AT_MOST, () -> {
                    Mark mark = enforcement.claim(caller);
                    claimed.complete(mark);
                    try {
                        return enforcement.run(mark);
                    } finally {
                        afterwards.run();
                    }
                });
        if (!done.isExecuted()) {
            throw Refusal.conflict("enforcing-already", "2FA is being enforced on this realm at this moment.");
        }
        return done.getResult();
    }
}
