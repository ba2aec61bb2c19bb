package keycloak2fa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.TypedQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.cache.UserCache;
import org.keycloak.storage.UserStorageUtil;

/**
 * People by whole statements on Keycloak's own tables: a million in seconds. The only class that knows Keycloak's
 * entities, and only by their names; {@link #check} says whether this server still has them so.
 */
final class UserTables implements People {

    private static final int PAGE = 1_000;

    private static final String PERSON = "u.realmId = :realm and u.serviceAccountClientLink is null";
    private static final String OTP = "exists (select 1 from CredentialEntity c where c.user = u and c.type = 'otp')";
    private static final String ASKED =
            "exists (select 1 from UserRequiredActionEntity a where a.user = u and a.action = 'CONFIGURE_TOTP')";
    private static final String ENROLLED = PERSON + " and " + OTP;
    private static final String PENDING = PERSON + " and not " + OTP + " and " + ASKED;
    private static final String NEITHER = PERSON + " and not " + OTP + " and not " + ASKED;
    private static final String EXEMPT = NEITHER + " and u.id in (:exempt)";
    private static final String UNCOVERED = NEITHER + " and u.id not in (:exempt)";

    private static final String COUNT = "select count(u) from UserEntity u where ";
    private static final String WITH_OTHER_ACTIONS =
            "exists (select 1 from UserRequiredActionEntity o where o.user = u)";

    private static final String ROW = "select u.id, u.username, u.email, u.enabled, u.federationLink,"
            + " case when " + OTP + " then true else false end from UserEntity u where ";
    /**
     * In the order of the index on realm and username: by id, a page would walk through the people of every realm. Who
     * is renamed while it is read may be missed or come twice; the next report has them.
     */
    private static final String PAGE_OF_ROWS = ROW + PERSON + " and u.username > :after order by u.username";
    private static final String FIRST_ROWS = ROW + UNCOVERED + " order by u.username";
    private static final String ACTIONS =
            "select a.user.id, a.action from UserRequiredActionEntity a where a.user.id in (:ids)";

    private static final String MARK = "insert into UserRequiredActionEntity (user, action)"
            + " select u, 'CONFIGURE_TOTP' from UserEntity u where " + UNCOVERED;

    /** Users whom Keycloak knows only as the owners of things that it keeps for a user storage. */
    private static final String MARK_FEDERATED =
            "insert into FederatedUserRequiredActionEntity (userId, action, realmId, storageProviderId)"
                    + " select f.id, 'CONFIGURE_TOTP', f.realmId, f.storageProviderId from FederatedUser f"
                    + " where f.realmId = :realm and f.id not in (:exempt)"
                    + " and not exists (select 1 from FederatedUserCredentialEntity c"
                    + " where c.userId = f.id and c.type = 'otp')"
                    + " and not exists (select 1 from FederatedUserRequiredActionEntity a"
                    + " where a.userId = f.id and a.action = 'CONFIGURE_TOTP')";

    /** Somebody may add the action at the same moment. H2, which is for trying things out, has no such clause. */
    private static final Map<String, String> ENDINGS = Map.of("PostgreSQL", " on conflict do nothing", "H2", "");

    private final Transactions transactions;
    private final String realmId;
    private final Set<String> exempt;
    private final String ending;

    /**
     * @param database a name for which {@link #knows} holds
     */
    UserTables(Transactions transactions, String realmId, Set<String> exempt, String database) {
        this.transactions = transactions;
        this.realmId = realmId;
        this.exempt = exempt;
        this.ending = ENDINGS.get(database);
    }

    /** Whether the statements were tested on a database. */
    static boolean knows(String database) {
        return ENDINGS.containsKey(database);
    }

    /**
     * Runs every statement on a realm that cannot be.
     *
     * @throws RuntimeException an entity or a field has another name on this server, or its database another language
     */
    static void check(KeycloakSession session, String database) {
        UserTables nobody = new UserTables(null, "", Set.of(), database);
        EntityManager entities = entities(session);
        nobody.population(entities);
        nobody.groups(entities);
        nobody.uncovered(entities, 1);
        nobody.page(entities, "");
        actions(entities, List.of(""));
        nobody.execute(entities, MARK + nobody.ending);
        nobody.execute(entities, MARK_FEDERATED + nobody.ending);
    }

    @Override
    public Population population() {
        return inTransaction(this::population);
    }

    @Override
    public Outlook lookAhead(int namedAtMost) {
        return inTransaction(entities ->
                new Outlook(population(entities), groups(entities), uncovered(entities, namedAtMost), List.of()));
    }

    @Override
    public void forEach(Consumer<Person> visitor) {
        String after = "";
        List<Person> page;
        do {
            String last = after;
            page = inTransaction(entities -> page(entities, last));
            page.forEach(visitor);
            after = page.isEmpty() ? after : page.get(page.size() - 1).username();
        } while (page.size() == PAGE);
    }

    @Override
    public Pass mark(AdminEvents events) {
        return transactions.run((session, realm) -> {
            EntityManager entities = entities(session);
            long marked = execute(entities, MARK + ending);
            // Their number is told nowhere: Keycloak itself lists and counts nobody of them.
            execute(entities, MARK_FEDERATED + ending);
            events.marked(session, marked);
            // What the statements wrote went past the cache, on every node.
            UserCache cache = UserStorageUtil.userCache(session);
            if (cache != null) {
                cache.evict(realm);
            }
            return new Pass(marked, List.of());
        });
    }

    private Population population(EntityManager entities) {
        return new Population(
                count(entities, ENROLLED),
                count(entities, PENDING),
                count(entities, EXEMPT),
                count(entities, UNCOVERED),
                count(entities, "u.realmId = :realm and u.serviceAccountClientLink is not null"));
    }

    private Map<String, Long> groups(EntityManager entities) {
        long all = count(entities, UNCOVERED);
        long enabled = count(entities, UNCOVERED + " and u.enabled = true");
        long local = count(entities, UNCOVERED + " and u.federationLink is null");
        long withEmail = count(entities, UNCOVERED + " and u.email is not null and u.email <> ''");
        Map<String, Long> groups = new LinkedHashMap<>();
        groups.put(Kinds.ENABLED, enabled);
        groups.put(Kinds.DISABLED, all - enabled);
        groups.put(Kinds.LOCAL, local);
        groups.put(Kinds.FROM_STORAGE, all - local);
        groups.put(Kinds.WITH_EMAIL, withEmail);
        groups.put(Kinds.WITHOUT_EMAIL, all - withEmail);
        groups.put(Kinds.WITH_ACTIONS, count(entities, UNCOVERED + " and " + WITH_OTHER_ACTIONS));
        groups.values().removeIf(count -> count == 0);
        return groups;
    }

    private List<Person> uncovered(EntityManager entities, int atMost) {
        TypedQuery<Object[]> query = entities.createQuery(FIRST_ROWS, Object[].class);
        bind(query, FIRST_ROWS);
        return people(entities, query.setMaxResults(atMost).getResultList());
    }

    private List<Person> page(EntityManager entities, String after) {
        return people(
                entities,
                entities.createQuery(PAGE_OF_ROWS, Object[].class)
                        .setParameter("realm", realmId)
                        .setParameter("after", after)
                        .setMaxResults(PAGE)
                        .getResultList());
    }

    private List<Person> people(EntityManager entities, List<Object[]> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<String> ids = rows.stream().map(row -> (String) row[0]).toList();
        Map<String, List<String>> actions = actions(entities, ids);
        return rows.stream()
                .map(row -> person(row, actions.getOrDefault((String) row[0], List.of())))
                .toList();
    }

    private static Map<String, List<String>> actions(EntityManager entities, List<String> ids) {
        return entities.createQuery(ACTIONS, Object[].class).setParameter("ids", ids).getResultStream()
                .collect(Collectors.groupingBy(
                        row -> (String) row[0], Collectors.mapping(row -> (String) row[1], Collectors.toList())));
    }

    private Person person(Object[] row, List<String> actions) {
        String id = (String) row[0];
        Standing standing =
                Standing.of((Boolean) row[5], actions.contains(RealmSettings.TOTP), exempt.contains(id));
        return new Person(
                id, (String) row[1], (String) row[2], (Boolean) row[3], (String) row[4], standing, actions);
    }

    private long count(EntityManager entities, String condition) {
        TypedQuery<Long> query = entities.createQuery(COUNT + condition, Long.class);
        bind(query, condition);
        return query.getSingleResult();
    }

    private int execute(EntityManager entities, String statement) {
        Query query = entities.createQuery(statement);
        bind(query, statement);
        return query.executeUpdate();
    }

    private void bind(Query query, String statement) {
        query.setParameter("realm", realmId);
        if (statement.contains(":exempt")) {
            // Not every database knows an empty list; nobody has an empty id.
            query.setParameter("exempt", exempt.isEmpty() ? List.of("") : List.copyOf(exempt));
        }
    }

    private <T> T inTransaction(Function<EntityManager, T> work) {
        return transactions.run((session, realm) -> work.apply(entities(session)));
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
