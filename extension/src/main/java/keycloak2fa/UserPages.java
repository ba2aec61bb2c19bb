package keycloak2fa;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;

/** People page by page through Keycloak's public SPI alone: slower than {@link UserTables}, and works anywhere. */
final class UserPages implements People {

    /** The cost of one user grows with the size of a transaction: small ones are the fastest. */
    private static final int PAGE = 50;

    private final Transactions transactions;
    private final Set<String> exempt;

    UserPages(Transactions transactions, Set<String> exempt) {
        this.transactions = transactions;
        this.exempt = exempt;
    }

    @Override
    public Population population() {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        forEach(person -> counts.merge(person.standing(), 1L, Long::sum));
        return population(counts);
    }

    @Override
    public Outlook lookAhead(int namedAtMost) {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        Map<String, Long> groups = new LinkedHashMap<>();
        List<Person> named = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        forEachPage(page -> {
            Map<String, Failure> foreseen = foresee(page);
            failures.addAll(foreseen.values());
            for (Person person : page) {
                counts.merge(person.standing(), 1L, Long::sum);
                if (person.standing() != Standing.UNCOVERED || foreseen.containsKey(person.userId())) {
                    continue;
                }
                Kinds.of(person).forEach(kind -> groups.merge(kind, 1L, Long::sum));
                if (named.size() < namedAtMost) {
                    named.add(person);
                }
            }
        });
        return new Outlook(population(counts), groups, named, failures);
    }

    @Override
    public void forEach(Consumer<Person> visitor) {
        forEachPage(page -> page.forEach(visitor));
    }

    @Override
    public Pass mark(AdminEvents events) {
        List<Failure> failures = new ArrayList<>();
        long[] marked = {0};
        pageByPage(first -> transactions.run((session, realm) -> {
            long before = marked[0];
            List<UserModel> page = page(session, realm, first);
            for (UserModel user : page) {
                Person person = person(user);
                if (person.standing() == Standing.UNCOVERED) {
                    ask(user, person).ifPresentOrElse(failures::add, () -> marked[0]++);
                }
            }
            events.marked(session, marked[0] - before);
            return page.size();
        }));
        return new Pass(marked[0], List.copyOf(failures));
    }

    /**
     * Those of a page whom {@link #mark} could not ask, by id. Only trying tells whether a user storage takes the
     * action; what that wrote is rolled back. Not in the transaction that read the page: that one may import people.
     */
    private Map<String, Failure> foresee(List<Person> page) {
        List<Person> fromStorages = page.stream()
                .filter(person -> person.standing() == Standing.UNCOVERED && person.federation() != null)
                .toList();
        if (fromStorages.isEmpty()) {
            return Map.of();
        }
        return transactions.run((session, realm) -> {
            session.getTransactionManager().setRollbackOnly();
            Map<String, Failure> failures = new LinkedHashMap<>();
            for (Person person : fromStorages) {
                Optional.ofNullable(session.users().getUserById(realm, person.userId()))
                        .flatMap(user -> ask(user, person))
                        .ifPresent(failure -> failures.put(person.userId(), failure));
            }
            return failures;
        });
    }

    /** Empty where it went well. */
    private static Optional<Failure> ask(UserModel user, Person person) {
        try {
            user.addRequiredAction(RequiredAction.CONFIGURE_TOTP);
            return Optional.empty();
        } catch (ReadOnlyException | ModelException refused) {
            return Optional.of(failure(person, refused));
        }
    }

    private void forEachPage(Consumer<List<Person>> visitor) {
        pageByPage(first -> {
            List<Person> people = transactions.run((session, realm) ->
                    page(session, realm, first).stream().map(this::person).toList());
            visitor.accept(people);
            return people.size();
        });
    }

    /**
     * Calls for page after page, each from an offset, until there is nobody behind it.
     *
     * <p>Keycloak drops from a page, and removes, whom a user storage no longer has. So a page that is not full, or even
     * empty, need not be the last: the last one is empty although nobody was removed while it was read.
     */
    private void pageByPage(IntUnaryOperator sizeOfPageFrom) {
        int first = 0;
        long users = -1;
        while (true) {
            int found = sizeOfPageFrom.applyAsInt(first);
            first += found;
            if (found == 0) {
                long left = users(false);
                if (left == users) {
                    return;
                }
                users = left;
            }
        }
    }

    private long users(boolean withServiceAccounts) {
        return transactions.run((session, realm) -> (long) session.users().getUsersCount(realm, withServiceAccounts));
    }

    private Population population(Map<Standing, Long> counts) {
        long serviceAccounts = users(true) - users(false);
        return new Population(
                counts.getOrDefault(Standing.ENROLLED, 0L),
                counts.getOrDefault(Standing.ASKED, 0L),
                counts.getOrDefault(Standing.EXEMPT, 0L),
                counts.getOrDefault(Standing.UNCOVERED, 0L),
                serviceAccounts);
    }

    private static List<UserModel> page(KeycloakSession session, RealmModel realm, int first) {
        Map<String, String> people = new HashMap<>();
        people.put(UserModel.INCLUDE_SERVICE_ACCOUNT, Boolean.FALSE.toString());
        return session.users().searchForUserStream(realm, people, first, PAGE).toList();
    }

    private Person person(UserModel user) {
        List<String> actions = user.getRequiredActionsStream().toList();
        Standing standing = Standing.of(
                user.credentialManager().isConfiguredFor(OTPCredentialModel.TYPE),
                actions.contains(RealmSettings.TOTP),
                exempt.contains(user.getId()));
        String storage =
                user.getFederationLink() != null ? user.getFederationLink() : StorageId.providerId(user.getId());
        return new Person(
                user.getId(), user.getUsername(), user.getEmail(), user.isEnabled(), storage, standing, actions);
    }

    private static Failure failure(Person person, RuntimeException refused) {
        String reason = refused.getMessage() == null ? "the user is read-only" : refused.getMessage();
        String fix = "Make the user storage writable; until then the guard asks this user at every login.";
        return new Failure(person.userId(), person.username(), reason, fix);
    }
}
