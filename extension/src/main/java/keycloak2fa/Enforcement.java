package keycloak2fa;

import java.util.List;
import org.keycloak.models.ModelDuplicateException;

/**
 * Enforcement in the order that keeps it safe to interrupt anywhere: claim the mark, set the realm, ask everybody until
 * nobody is left, set the mark to ON. Each step is committed before the next: a crash leaves ENFORCING, and the next
 * run goes on.
 */
final class Enforcement {

    /** Two are the rule. More than this means that something removes the action as fast as it is added. */
    private static final int MOST_PASSES = 20;

    private final Transactions transactions;
    private final People people;
    private final AdminEvents events;

    Enforcement(Transactions transactions, People people, AdminEvents events) {
        this.transactions = transactions;
        this.people = people;
        this.events = events;
    }

    /**
     * What a run came to.
     *
     * @param people as the run left them
     * @param marked how many of those who are asked now this run marked
     * @param failures those who could not be marked
     */
    record Outcome(
            Mark mark,
            List<Change> changes,
            Population people,
            long marked,
            List<Failure> failures,
            int passes,
            double seconds) {}

    Outcome run(String caller) {
        long began = System.nanoTime();
        claim(caller);
        List<Change> changes =
                transactions.run((session, realm) -> RealmSettings.apply(session, realm, events));
        long marked = 0;
        int passes = 0;
        People.Pass pass;
        do {
            if (++passes > MOST_PASSES) {
                throw new IllegalStateException("something removes CONFIGURE_TOTP as fast as it is added");
            }
            pass = people.mark(events);
            marked += pass.marked();
        } while (pass.marked() > 0);
        Mark mark = settle(!pass.failures().isEmpty());
        Population population = people.population();
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Outcome(
                mark, changes, population, Math.min(marked, population.asked()), pass.failures(), passes, seconds);
    }

    private void claim(String caller) {
        if (read().enforced()) {
            return;
        }
        try {
            transactions.run((session, realm) -> {
                Mark mark = Mark.claim(realm, caller);
                events.claimed(session, mark);
                return mark;
            });
        } catch (ModelDuplicateException already) {
            // Claimed by the Admin API way, a moment ago: whoever comes second helps to finish.
            return;
        }
    }

    /** A realm is not said to be ON while somebody cannot be marked, unless a person accepted that. */
    private Mark settle(boolean somebodyIsLeft) {
        return transactions.run((session, realm) -> {
            Mark mark = Mark.read(realm);
            Mark settled = somebodyIsLeft && !mark.acceptsUnwritableUsers() ? mark.reopen(realm) : mark.finish(realm);
            if (!settled.equals(mark)) {
                events.settled(session, settled);
            }
            return settled;
        });
    }

    private Mark read() {
        return transactions.run((session, realm) -> Mark.read(realm));
    }
}
