package keycloak2fa;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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
        long serviceAccounts = transactions.run((session, realm) ->
                (long) session.users().getUsersCount(realm, true) - session.users().getUsersCount(realm, false));
        return new Population(
                counts.getOrDefault(Standing.ENROLLED, 0L),
                counts.getOrDefault(Standing.ASKED, 0L),
                counts.getOrDefault(Standing.EXEMPT, 0L),
                counts.getOrDefault(Standing.UNCOVERED, 0L),
                serviceAccounts);
    }

    @Override
    public Map<String, Long> groups() {
        Map<String, Long> groups = new LinkedHashMap<>();
        forEachUncovered(person -> Kinds.of(person).forEach(kind -> groups.merge(kind, 1L, Long::sum)));
        return groups;
    }

    @Override
    public List<Person> uncovered(int atMost) {
        List<Person> first = new ArrayList<>();
        forEachUncovered(person -> {
            if (first.size() < atMost) {
                first.add(person);
            }
        });
        return first;
    }

    @Override
    public void forEach(Consumer<Person> visitor) {
        forEachPage((session, page) -> page.forEach(user -> visitor.accept(person(user))));
    }

    @Override
    public Pass mark(AdminEvents events) {
        List<Failure> failures = new ArrayList<>();
        long[] marked = {0};
        forEachPage((session, page) -> {
            long before = marked[0];
            for (UserModel user : page) {
                Person person = person(user);
                if (person.standing() == Standing.UNCOVERED) {
                    try {
                        user.addRequiredAction(RequiredAction.CONFIGURE_TOTP);
                        marked[0]++;
                    } catch (ReadOnlyException | ModelException refused) {
                        failures.add(failure(person, refused));
                    }
                }
            }
            events.marked(session, marked[0] - before);
        });
        return new Pass(marked[0], List.copyOf(failures));
    }

    private void forEachUncovered(Consumer<Person> visitor) {
        forEach(person -> {
            if (person.standing() == Standing.UNCOVERED) {
                visitor.accept(person);
            }
        });
    }

    private void forEachPage(BiConsumer<KeycloakSession, List<UserModel>> visitor) {
        int first = 0;
        int found;
        do {
            int offset = first;
            found = transactions.run((session, realm) -> {
                List<UserModel> page = page(session, realm, offset);
                visitor.accept(session, page);
                return page.size();
            });
            first += found;
        } while (found == PAGE);
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
