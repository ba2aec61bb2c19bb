package keycloak2fa;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.models.ModelDuplicateException;

/**
 * Enforcement in the order that keeps it safe to interrupt anywhere: claim the mark, set the realm, ask everybody until
 * nobody is left, set the mark to ON. Each step is committed before the next: a crash leaves ENFORCING, and the next
 * run goes on.
 */
final class Enforcement {

    /** Two are the rule. More than this means that people come, or lose the action, as fast as they are marked. */
    private static final int MOST_PASSES = 20;

    private static final String CAME = "came, or lost CONFIGURE_TOTP, after each pass";
    private static final String RUN_AGAIN = "Enforce again; first stop what adds people or takes the action away.";

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
        Population population;
        do {
            pass = people.mark(events);
            marked += pass.marked();
            passes++;
            // Counted before anything is said: who came since the pass has to be marked as well.
            population = pass.marked() == 0 || passes == MOST_PASSES ? people.population() : null;
        } while (passes < MOST_PASSES && !isWhole(pass, population));
        boolean whole = isWhole(pass, population);
        List<Failure> failures = whole ? pass.failures() : withThoseWhoCame(pass.failures());
        Mark mark = settle(population.uncovered(), whole);
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Outcome(
                mark, changes, population, Math.min(marked, population.asked()), failures, passes, seconds);
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

    /** Whether a pass found nobody but those whom it names. */
    private static boolean isWhole(People.Pass pass, Population after) {
        return after != null && after.uncovered() == pass.failures().size();
    }

    /** The failures, and whoever else is uncovered after the last pass: nobody is left without being named. */
    private List<Failure> withThoseWhoCame(List<Failure> failures) {
        Map<String, Failure> named = new LinkedHashMap<>();
        failures.forEach(failure -> named.put(failure.userId(), failure));
        people.forEach(person -> {
            if (person.standing() == Standing.UNCOVERED) {
                named.putIfAbsent(person.userId(), new Failure(person.userId(), person.username(), CAME, RUN_AGAIN));
            }
        });
        return List.copyOf(named.values());
    }

    /** A realm is not said to be ON while somebody is uncovered, unless each is named and a person accepted that. */
    private Mark settle(long uncovered, boolean named) {
        return transactions.run((session, realm) -> {
            Mark mark = Mark.read(realm);
            boolean on = uncovered == 0 || named && mark.acceptsUnwritableUsers();
            Mark settled = on ? mark.finish(realm) : mark.reopen(realm);
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
