package keycloak2fa.enforcement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import keycloak2fa.people.Failure;
import keycloak2fa.people.People;
import keycloak2fa.people.Person;
import keycloak2fa.people.Population;
import keycloak2fa.people.Standing;
import keycloak2fa.people.Ways;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.realm.Change;
import keycloak2fa.realm.RealmSettings;
import keycloak2fa.run.Run;
import keycloak2fa.server.Transactions;
import keycloak2fa.state.Mark;
import org.keycloak.models.ModelDuplicateException;

/**
 * Enforcement in the order that keeps it safe to interrupt anywhere: claim the mark, set the realm, ask everybody until
 * nobody is left, set the mark to ON. Each step is committed before the next: a crash leaves ENFORCING, and the next
 * run goes on.
 */
public final class Enforcement {

    /** One is the rule, two where users come meanwhile. More are made where a look cannot be sure of everybody. */
    private static final int MOST_PASSES = 20;

    private static final String CAME = "came, or lost CONFIGURE_TOTP, after each pass";
    private static final String RUN_AGAIN = "Enforce again; first stop what adds users or takes the action away.";

    private final Transactions transactions;
    private final Ways ways;
    private final AdminEvents events;

    public Enforcement(Transactions transactions, Ways ways, AdminEvents events) {
        this.transactions = transactions;
        this.ways = ways;
        this.events = events;
    }

    /**
     * What a run came to.
     *
     * @param people as the run left them
     * @param marked how many of those who are asked now this run marked
     * @param failures those who could not be marked
     */
    public record Outcome(
            Mark mark,
            List<Change> changes,
            Population people,
            long marked,
            List<Failure> failures,
            int passes,
            double seconds) {}

    /** Claims the mark, or reads the one that was claimed before: whoever comes second helps to finish. */
    Mark claim(String caller) {
        Mark found = transactions.persistently((session, realm) -> Mark.read(realm));
        if (found.enforced()) {
            return found;
        }
        try {
            return transactions.run((session, realm) -> {
                Mark mark = Mark.claim(realm, caller);
                events.claimed(session, mark);
                return mark;
            });
        } catch (ModelDuplicateException already) {
            // Claimed by the Admin API way, a moment ago.
            return transactions.persistently((session, realm) -> Mark.read(realm));
        }
    }

    /** Does the rest. */
    Outcome run(Mark claimed) {
        long began = System.nanoTime();
        List<Change> changes =
                transactions.persistently((session, realm) -> RealmSettings.apply(session, realm, events));
        // It goes on when the caller is gone.
        People people = ways.people(transactions, () -> true);
        Run run = new Run(transactions);
        Marked marked;
        try {
            run.begin(people.total());
            marked = markAll(people, run);
        } finally {
            run.end();
        }
        boolean known = marked.whole() && marked.people().silent().isEmpty();
        Mark mark = settle(claimed, known, marked.failures().isEmpty());
        double seconds = (System.nanoTime() - began) / 1e9;
        long told = Math.min(marked.changed(), marked.people().asked());
        return new Outcome(mark, changes, marked.people(), told, marked.failures(), marked.passes(), seconds);
    }

    /** Everybody, as marking left them. */
    private record Marked(Population people, long changed, List<Failure> failures, int passes, boolean whole) {}

    /**
     * Everybody is gone through once. Who came meanwhile has the action by Keycloak itself, or, imported or behind the
     * place that was reached, is found by a look at those who are left. That look sees everybody who was there when it
     * began; who is imported later is not waited for, or a realm where users come all the time would never be ON.
     */
    private Marked markAll(People people, Run run) {
        People.Pass pass = people.mark(events, run);
        long changed = pass.marked();
        int passes = changed == 0 ? 1 : 2;
        Population found = people.population();
        if (pass.whole() && found.uncovered() == pass.failures().size()) {
            return new Marked(heard(found, pass), changed, pass.failures(), passes, true);
        }
        do {
            pass = people.markThoseLeft(events, run);
            changed += pass.marked();
            passes++;
        } while (!pass.whole() && passes < MOST_PASSES);
        if (pass.whole()) {
            Population asked = found.allAskedBut(pass.failures().size());
            return new Marked(heard(asked, pass), changed, pass.failures(), passes, true);
        }
        List<Failure> failures = withThoseWhoCame(people, pass.failures());
        Population left = people.population().allAskedBut(failures.size());
        return new Marked(heard(left, pass), changed, failures, passes, false);
    }

    private static Population heard(Population people, People.Pass pass) {
        return people.plus(new Population(0, 0, 0, 0, 0, pass.silent()));
    }

    /** The failures, and whoever else is uncovered after the last pass: nobody is left without being named. */
    private static List<Failure> withThoseWhoCame(People people, List<Failure> failures) {
        Map<String, Failure> named = new LinkedHashMap<>();
        failures.forEach(failure -> named.put(failure.userId(), failure));
        people.forEach(described -> {
            Person person = described.person();
            if (person.standing() == Standing.UNCOVERED) {
                named.putIfAbsent(person.userId(), new Failure(person.userId(), person.username(), CAME, RUN_AGAIN));
            }
        });
        return List.copyOf(named.values());
    }

    /**
     * A realm is not said to be ON while somebody is uncovered, unless each is named and a person accepted that. What a
     * person accepted earlier were users with a name: whom nobody saw is not among them.
     *
     * @param known whether everybody was seen who could be uncovered
     * @param covered whether all of them could be marked
     */
    private Mark settle(Mark claimed, boolean known, boolean covered) {
        return transactions.persistently((session, realm) -> {
            Mark found = Mark.read(realm);
            // Somebody may have deleted the role meanwhile.
            Mark mark = found.enforced() ? found : claimed;
            boolean on = known && (covered || mark.acceptsUnwritableUsers());
            Mark settled = on ? mark.finished() : mark.reopened();
            if (!settled.equals(found)) {
                settled.keep(realm);
                events.settled(session, settled);
            }
            return settled;
        });
    }
}
