package keycloak2fa.people;

import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.run.Run;
import keycloak2fa.server.Faults;
import keycloak2fa.server.Transactions;

/** Users by the whole statements of {@link UserStatements}. */
final class UserTables implements People {

    /** Users whom one look for those who are left takes in hand. */
    private static final int LEFT_AT_MOST = 10_000;

    private static final int IDS_IN_ONE_STATEMENT = 500;

    private final Transactions transactions;

    /** Those of the run, once it has begun. */
    private UserStatements statements;

    /**
     * @param exempt ids of the users who are exempt
     */
    UserTables(Transactions transactions, Set<String> exempt) {
        this.transactions = transactions;
        this.statements = new UserStatements(transactions.realmId(), exempt);
    }

    @Override
    public Population population() {
        return inTransaction(statements::population);
    }

    @Override
    public Outlook lookAhead(int namedAtMost, boolean mayTry) {
        return inTransaction(entities -> statements.lookAhead(entities, namedAtMost));
    }

    /**
     * In the order of the index on realm and username: by id, a page would walk through the users of every realm. Who is
     * renamed while it is read may be missed or come twice; the next report has them.
     */
    @Override
    public void forEach(Consumer<Described> visitor) {
        String after = null;
        List<Described> page;
        do {
            String last = after;
            page = transactions.persistently((session, realm) -> statements.described(
                    UserStatements.entities(session),
                    last,
                    session.identityProviders().count() > 0));
            page.forEach(visitor);
            after = page.isEmpty() ? after : page.get(page.size() - 1).person().username();
        } while (page.size() == UserStatements.PAGE);
    }

    @Override
    public long total() {
        return inTransaction(statements::total);
    }

    @Override
    public Pass mark(AdminEvents events, Run run) {
        statements = statements.ofOneRun();
        Ranges.Result result = new Ranges(new ByRange(events, run, total())).forEach();
        // Their number is told nowhere: Keycloak itself lists and counts nobody of them.
        inTransaction(entities -> {
            statements.markFederated(entities);
            return null;
        });
        return new Pass(result.changed(), result.failures(), List.of(), true);
    }

    @Override
    public Pass markThoseLeft(AdminEvents events, Run run) {
        List<Person> left = inTransaction(entities -> statements.left(entities, LEFT_AT_MOST));
        List<Failure> failures = new ArrayList<>();
        long changed = markThese(left, events, run, failures);
        return new Pass(changed, List.copyOf(failures), List.of(), left.size() < LEFT_AT_MOST);
    }

    /** What {@link Ranges} does on these tables. */
    private final class ByRange implements Ranges.Table {

        private final AdminEvents events;
        private final Run run;
        private long ahead;

        ByRange(AdminEvents events, Run run, long total) {
            this.events = events;
            this.run = run;
            this.ahead = total;
        }

        @Override
        public String skip(String after, String upTo, int users) {
            return inTransaction(entities -> statements.skip(entities, after, upTo, users));
        }

        @Override
        public long work(String after, String upTo, int users) {
            long reached = atMost(users);
            long changed = transactions.persistently((session, realm) -> {
                long marked = statements.mark(UserStatements.entities(session), after, upTo);
                events.marked(session, marked);
                run.tell(session, realm, reached);
                return marked;
            });
            run.reached(take(users));
            return changed;
        }

        private synchronized long atMost(long users) {
            return Math.min(ahead, users);
        }

        private synchronized long take(long users) {
            long taken = atMost(users);
            ahead -= taken;
            return taken;
        }

        @Override
        public List<Failure> left(String after, String upTo, RuntimeException fault) {
            List<Person> people =
                    inTransaction(entities -> statements.uncovered(entities, after, upTo, UserStatements.PAGE));
            return people.stream().map(person -> Failure.refused(person, fault)).toList();
        }
    }

    /** By halves where it fails, as {@link Ranges} does. */
    private long markThese(List<Person> people, AdminEvents events, Run run, List<Failure> failures) {
        if (people.isEmpty()) {
            return 0;
        }
        if (people.size() <= IDS_IN_ONE_STATEMENT) {
            List<String> ids = people.stream().map(Person::userId).toList();
            try {
                return transactions.persistently((session, realm) -> {
                    long marked = statements.mark(UserStatements.entities(session), ids);
                    events.marked(session, marked);
                    run.tell(session, realm, 0);
                    return marked;
                });
            } catch (RuntimeException fault) {
                if (!Faults.isConflict(fault)) {
                    throw fault;
                }
                if (people.size() == 1) {
                    failures.add(Failure.refused(people.get(0), fault));
                    return 0;
                }
            }
        }
        int half = people.size() / 2;
        return markThese(people.subList(0, half), events, run, failures)
                + markThese(people.subList(half, people.size()), events, run, failures);
    }

    private <T> T inTransaction(Function<EntityManager, T> work) {
        return transactions.persistently((session, realm) -> work.apply(UserStatements.entities(session)));
    }
}
