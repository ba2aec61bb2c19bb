package keycloak2fa.people;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import keycloak2fa.people.UserSource.Ids;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.realm.RealmSettings;
import keycloak2fa.run.Run;
import keycloak2fa.server.Causes;
import keycloak2fa.server.Transactions;
import keycloak2fa.server.Waiting;
import org.jboss.logging.Logger;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;

/** Users page by page through Keycloak's public SPI: slower than {@link UserTables}, and works anywhere. */
final class UserPages implements People {

    private static final Logger LOG = Logger.getLogger(UserPages.class);

    private final Transactions transactions;
    private final UserSource source;
    private final Set<String> exempt;
    private final BooleanSupplier wanted;

    /**
     * @param exempt ids of the users who are exempt
     * @param wanted asked after each page, whether somebody still waits for the rest
     */
    UserPages(Transactions transactions, UserSource source, Set<String> exempt, BooleanSupplier wanted) {
        this.transactions = transactions;
        this.source = source;
        this.exempt = exempt;
        this.wanted = wanted;
    }

    /** A user as they were met, and why nothing can be done about them, or null. */
    private record Met(Person person, Failure failure, boolean changed) {}

    /** A page of them. */
    private record Done(List<Met> met, String next) {}

    /** What is done about a user, in the transaction that read them. */
    private interface Work {

        Met on(UserModel user);

        /** At the end of that transaction. */
        @SuppressWarnings("UnusedVariable")
        default void end(KeycloakSession session, RealmModel realm, List<Met> met) {}
    }

    @Override
    public Population population() {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        List<String> silent = pages(
                this::look,
                page -> page.forEach(met -> counts.merge(met.person().standing(), 1L, Long::sum)));
        return population(counts, silent);
    }

    @Override
    public Outlook lookAhead(int namedAtMost, boolean mayTry) {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        Map<String, Long> groups = new LinkedHashMap<>();
        List<Person> named = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        List<String> silent = pages(this::look, page -> {
            Map<String, Failure> foreseen =
                    mayTry ? tried(page) : source.known(page.stream().map(Met::person));
            for (Met met : page) {
                Person person = met.person();
                counts.merge(person.standing(), 1L, Long::sum);
                Failure failure = foreseen.getOrDefault(person.userId(), met.failure());
                if (failure != null) {
                    failures.add(failure);
                } else if (person.standing() == Standing.UNCOVERED) {
                    Kinds.of(person).forEach(kind -> groups.merge(kind, 1L, Long::sum));
                    if (named.size() < namedAtMost) {
                        named.add(person);
                    }
                }
            }
        });
        return new Outlook(population(counts, silent), groups, named, failures);
    }

    @Override
    public void forEach(Consumer<Described> visitor) {
        Describing describing = new Describing();
        pages(describing, page -> page.forEach(met -> visitor.accept(describing.of(met.person()))));
    }

    @Override
    public long total() {
        return transactions.persistently(source::total);
    }

    @Override
    public Pass mark(AdminEvents events, Run run) {
        List<Failure> failures = new ArrayList<>();
        long[] marked = {0};
        Work asking = new Work() {
            @Override
            public Met on(UserModel user) {
                Met met = look(user);
                if (met.person().standing() != Standing.UNCOVERED) {
                    return met;
                }
                Failure refused = ask(user, met.person());
                return new Met(met.person(), refused, refused == null);
            }

            @Override
            public void end(KeycloakSession session, RealmModel realm, List<Met> met) {
                events.marked(session, met.stream().filter(Met::changed).count());
                run.tell(session, realm, met.size());
            }
        };
        List<String> silent = pages(asking, page -> {
            page.stream().map(Met::failure).filter(Objects::nonNull).forEach(failures::add);
            marked[0] += page.stream().filter(Met::changed).count();
            run.reached(page.size());
        });
        return new Pass(marked[0], List.copyOf(failures), silent, source.whole() || marked[0] == 0);
    }

    @Override
    public Pass markThoseLeft(AdminEvents events, Run run) {
        return mark(events, run);
    }

    /**
     * Page after page, each a transaction; what came of it is handed over after its commit.
     *
     * @return the name of the storage, where it did not answer
     */
    private List<String> pages(Work work, Consumer<List<Met>> then) {
        String after = null;
        do {
            String from = after;
            Done done;
            try {
                done = together(from, work);
            } catch (RuntimeException fault) {
                LOG.debugf(fault, "two-factor: a page of users fails, so they are taken one by one");
                Ids ids = idsOrNull(from, fault);
                if (ids == null) {
                    return List.of(source.storage());
                }
                done = new Done(
                        ids.ids().stream()
                                .flatMap(id -> alone(id, work).stream())
                                .toList(),
                        ids.next());
            }
            then.accept(done.met());
            after = done.next();
            if (!wanted.getAsBoolean()) {
                throw new Waiting.GoneException();
            }
        } while (after != null);
        return List.of();
    }

    private Done together(String after, Work work) {
        return transactions.persistently((session, realm) -> {
            UserSource.Page page = source.page(session, realm, after);
            List<Met> met = page.users().stream().map(work::on).toList();
            work.end(session, realm, met);
            return new Done(met, page.next());
        });
    }

    /** Null where it is a storage that does not answer. */
    private Ids idsOrNull(String after, RuntimeException fault) {
        try {
            return transactions.persistently((session, realm) -> source.ids(session, realm, after));
        } catch (RuntimeException silent) {
            if (source.storage() == null) {
                throw fault;
            }
            LOG.warnf(
                    "two-factor: the user storage %s does not answer (%s)", source.storage(), Causes.innermost(silent));
            return null;
        }
    }

    /** Nobody where the user is gone. */
    private Optional<Met> alone(String id, Work work) {
        try {
            return transactions.persistently((session, realm) -> {
                Optional<Met> met = Optional.ofNullable(session.users().getUserById(realm, id))
                        .map(work::on);
                work.end(session, realm, met.stream().toList());
                return met;
            });
        } catch (RuntimeException fault) {
            LOG.warnf(fault, "two-factor: user %s cannot be read or written", id);
            Person person = new Person(id, id, null, false, source.storage(), Standing.UNCOVERED, List.of());
            return Optional.of(new Met(person, Failure.unreadable(id, id, fault), false));
        }
    }

    /**
     * Those of a page whom {@link #mark} could not ask, by id. Only trying tells whether a user storage takes the
     * action; what that wrote is rolled back. Not in the transaction that read the page: that one may import users.
     */
    private Map<String, Failure> tried(List<Met> page) {
        List<Person> fromStorages = page.stream()
                .filter(met -> met.failure() == null)
                .map(Met::person)
                .filter(person -> person.standing() == Standing.UNCOVERED && person.federation() != null)
                .toList();
        if (fromStorages.isEmpty()) {
            return Map.of();
        }
        return transactions.run((session, realm) -> {
            session.getTransactionManager().setRollbackOnly();
            Map<String, Failure> failures = new LinkedHashMap<>();
            for (Person person : fromStorages) {
                UserModel user = session.users().getUserById(realm, person.userId());
                Failure refused = user == null ? null : ask(user, person);
                if (refused != null) {
                    failures.put(person.userId(), refused);
                }
            }
            return failures;
        });
    }

    /** Null where it went well. */
    private static Failure ask(UserModel user, Person person) {
        try {
            user.addRequiredAction(RequiredAction.CONFIGURE_TOTP);
            return null;
        } catch (ReadOnlyException | ModelException refused) {
            return Failure.readOnly(person, refused);
        }
    }

    private Met look(UserModel user) {
        List<String> actions = user.getRequiredActionsStream().toList();
        Standing standing = Standing.of(
                user.credentialManager().isConfiguredFor(OTPCredentialModel.TYPE),
                actions.contains(RealmSettings.TOTP),
                exempt.contains(user.getId()));
        String storage =
                user.getFederationLink() != null ? user.getFederationLink() : StorageId.providerId(user.getId());
        Person person = new Person(
                user.getId(), user.getUsername(), user.getEmail(), user.isEnabled(), storage, standing, actions);
        return new Met(person, null, false);
    }

    /** Reads the users of a page with their methods and identity providers. */
    private final class Describing implements Work {

        private final List<UserModel> users = new ArrayList<>();
        private final Map<String, Described> described = new HashMap<>();

        @Override
        public Met on(UserModel user) {
            users.add(user);
            return look(user);
        }

        @Override
        public void end(KeycloakSession session, RealmModel realm, List<Met> met) {
            described.clear();
            Map<String, Person> people =
                    met.stream().map(Met::person).collect(Collectors.toMap(Person::userId, each -> each));
            for (UserModel user : users) {
                String provider = session.users()
                        .getFederatedIdentitiesStream(realm, user)
                        .map(FederatedIdentityModel::getIdentityProvider)
                        .findFirst()
                        .orElse(null);
                Person person = people.get(user.getId());
                described.put(user.getId(), new Described(person, user.getCreatedTimestamp(), methods(user), provider));
            }
            users.clear();
        }

        /** One that could not be read stands there with what is known of it. */
        Described of(Person person) {
            return described.getOrDefault(person.userId(), new Described(person, null, List.of(), null));
        }

        private List<Described.Method> methods(UserModel user) {
            List<Described.Method> stored = user.credentialManager()
                    .getStoredCredentialsStream()
                    .filter(each -> Described.TYPES.contains(each.getType()))
                    .map(each -> Described.Method.of(each.getType(), each.getUserLabel(), each.getCreatedDate()))
                    .toList();
            // A user storage may keep the OTP and show no credential.
            return stored.isEmpty() && user.credentialManager().isConfiguredFor(OTPCredentialModel.TYPE)
                    ? List.of(new Described.Method(OTPCredentialModel.TYPE, null, null))
                    : stored;
        }
    }

    private Population population(Map<Standing, Long> counts, List<String> silent) {
        return new Population(
                counts.getOrDefault(Standing.ENROLLED, 0L),
                counts.getOrDefault(Standing.ASKED, 0L),
                counts.getOrDefault(Standing.EXEMPT, 0L),
                counts.getOrDefault(Standing.UNCOVERED, 0L),
                transactions.persistently(source::serviceAccounts),
                silent);
    }
}
