package keycloak2fa.people;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import keycloak2fa.realm.RealmSettings;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.credential.OTPCredentialModel;

/**
 * The statements on Keycloak's own tables of users. It knows Keycloak's entities by their names only; {@link #check} says
 * whether this server still has them so. No statement names a dialect: what one database can say better
 * than another is not said.
 */
final class UserStatements {

    /** Users in a page. */
    static final int PAGE = 1_000;

    /** One in so many is few. */
    private static final int FEW = 100;

    /** Not every database knows an empty list, and to Oracle an empty text is no value at all; nobody has such an id. */
    static final List<String> NOBODY = List.of("-");

    /*
     * Counts, not "exists": that is a join to the planner of a database, and its statistics are older than the run. Where
     * they know no CONFIGURE_TOTP, PostgreSQL compares each user of a range with each row that the run has written. What
     * is counted is looked up by the index, user by user, however large the tables are.
     */
    static final String OTP = "((select count(c.id) from CredentialEntity c where c.user = u and c.type = 'otp') > 0)";
    static final String ASKED = "((select count(a.action) from UserRequiredActionEntity a"
            + " where a.user = u and a.action = 'CONFIGURE_TOTP') > 0)";
    static final String USERS = "u.realmId = :realm and u.serviceAccountClientLink is null";
    private static final String UNCOVERED =
            USERS + " and not " + OTP + " and not " + ASKED + " and u.id not in (:exempt)";

    private static final String IS_USER = "u.serviceAccountClientLink is null";
    private static final String IS_LEFT = IS_USER + " and o.id is null and a.action is null and u.id not in (:exempt)";
    private static final String FIGURES = "select " + sum(IS_USER + " and o.id is not null")
            + ", " + sum(IS_USER + " and o.id is null and a.action is not null")
            + ", " + sum(IS_USER + " and o.id is null and a.action is null and u.id in (:exempt)")
            + ", " + sum(IS_LEFT)
            + ", " + sum("u.serviceAccountClientLink is not null");
    private static final String GROUPS = ", " + sum(IS_LEFT + " and u.enabled = true")
            + ", " + sum(IS_LEFT + " and u.federationLink is null")
            + ", " + sum(IS_LEFT + " and length(u.email) > 0")
            + ", " + sum(IS_LEFT + " and w.id is not null");

    /**
     * Joined to what is grouped: a user may have two devices, and not every database sums what a subquery says. Of what is
     * concatenated the planner of a database has no statistics, old ones neither.
     */
    private static final String COUNTED = " from UserEntity u"
            + " left join (select c.user.id as id from CredentialEntity c"
            + " where concat(c.type, '') = 'otp' and c.user.realmId = :realm group by c.user.id) o on o.id = u.id"
            + " left join UserRequiredActionEntity a on a.user.id = u.id and concat(a.action, '') = 'CONFIGURE_TOTP'";

    private static final String WITH_ACTIONS = " left join (select r.user.id as id from UserRequiredActionEntity r"
            + " where r.user.realmId = :realm group by r.user.id) w on w.id = u.id";
    private static final String OF_REALM = " where u.realmId = :realm";

    private static final String COUNT = FIGURES + COUNTED + OF_REALM;

    private static final String COUNT_GROUPS = FIGURES + GROUPS + COUNTED + WITH_ACTIONS + OF_REALM;

    private static final String TOTAL = "select count(u) from UserEntity u where u.realmId = :realm";

    private static final String FIELDS =
            "select u.id, u.username, u.email, u.enabled, u.federationLink, u.createdTimestamp";
    private static final String ROW = FIELDS + " from UserEntity u where ";

    /**
     * Those who are left in the whole realm, of whom there may be few among many. Joined to the credentials themselves, which
     * have an index: the groups of above have none, and where the planner expects few of either it compares each user with
     * each of them. Of a "case" it expects a third of a table, whatever its statistics say.
     */
    private static final String LEFT =
            FIELDS + " from UserEntity u left join CredentialEntity o on o.user.id = u.id and "
                    + is("o.type = 'otp'") + " left join UserRequiredActionEntity a on a.user.id = u.id and "
                    + is("a.action = 'CONFIGURE_TOTP'") + OF_REALM + " and " + IS_LEFT;

    static final String BY_NAME = " order by u.username";
    static final String AFTER = " and u.username > :after";
    static final String UP_TO = " and u.username <= :upTo";
    private static final String ACTIONS =
            "select a.user.id, a.action from UserRequiredActionEntity a where a.user.id in (:ids)";

    private static final String METHODS = "select c.user.id, c.type, c.userLabel, c.createdDate from CredentialEntity c"
            + " where c.user.id in (:ids) and c.type in (:types) order by c.priority";
    private static final String LINKS =
            "select f.user.id, f.identityProvider from FederatedIdentityEntity f where f.user.id in (:ids)";

    private static final String IDS = "select u.id, u.username from UserEntity u where " + USERS;
    private static final String NAMES = "select u.username from UserEntity u where u.realmId = :realm";

    private static final String MARK = "insert into UserRequiredActionEntity (user, action)"
            + " select u, 'CONFIGURE_TOTP' from UserEntity u where " + UNCOVERED;
    private static final String AMONG = " and u.id in (:ids)";

    /** Users whom Keycloak knows only as the owners of things that it keeps for a user storage. */
    private static final String MARK_FEDERATED =
            "insert into FederatedUserRequiredActionEntity (userId, action, realmId, storageProviderId)"
                    + " select f.id, 'CONFIGURE_TOTP', f.realmId, f.storageProviderId from FederatedUser f"
                    + " where f.realmId = :realm and f.id not in (:exempt)"
                    + " and not ((select count(c.id) from FederatedUserCredentialEntity c"
                    + " where c.userId = f.id and c.type = 'otp') > 0)"
                    + " and not ((select count(a.action) from FederatedUserRequiredActionEntity a"
                    + " where a.userId = f.id and a.action = 'CONFIGURE_TOTP') > 0)";

    private final String realmId;
    private final Set<String> exempt;
    private final String own;

    /**
     * @param exempt ids of the users who are exempt
     */
    UserStatements(String realmId, Set<String> exempt) {
        this(realmId, exempt, "");
    }

    private UserStatements(String realmId, Set<String> exempt, String own) {
        this.realmId = realmId;
        this.exempt = exempt;
        this.own = own;
    }

    /**
     * The same with a text of their own, for one run. A database keeps the plan of a text that it knows: one that it made
     * for empty tables reads them from end to end for each user, and a run fills them faster than it looks again.
     */
    UserStatements ofOneRun() {
        return new UserStatements(realmId, exempt, " and u.id <> 'run-" + System.nanoTime() + "'");
    }

    /**
     * Runs every statement on a realm that cannot be.
     *
     * @throws RuntimeException an entity or a field has another name on this server, or its database another language
     */
    static void check(KeycloakSession session) {
        UserStatements nobody = new UserStatements("", Set.of());
        EntityManager entities = entities(session);
        nobody.counted(entities, COUNT);
        nobody.counted(entities, COUNT_GROUPS);
        nobody.total(entities);
        nobody.left(entities, 1);
        for (String after : new String[] {null, "a"}) {
            nobody.described(entities, after, true);
            nobody.ids(entities, after, 1);
            nobody.skip(entities, after, after, 1);
            nobody.uncovered(entities, after, after, 1);
            nobody.mark(entities, after, after);
        }
        nobody.mark(entities, NOBODY);
        nobody.markFederated(entities);
        actions(entities, NOBODY);
        methods(entities, NOBODY);
        links(entities, NOBODY);
    }

    /** All figures of one moment. */
    Population population(EntityManager entities) {
        return population(counted(entities, COUNT));
    }

    /** The same, and who of those who are left is of which kind. */
    Outlook lookAhead(EntityManager entities, int namedAtMost) {
        long[] counted = counted(entities, COUNT_GROUPS);
        Population all = population(counted);
        return new Outlook(all, groups(counted), firstLeft(entities, all, namedAtMost), List.of());
    }

    private List<Person> firstLeft(EntityManager entities, Population all, int atMost) {
        if (all.uncovered() == 0) {
            return List.of();
        }
        // Where they are many, the first of them are at hand.
        return all.uncovered() * FEW > all.total() ? uncovered(entities, null, null, atMost) : left(entities, atMost);
    }

    private static Population population(long[] counted) {
        return new Population(counted[0], counted[1], counted[2], counted[3], counted[4], List.of());
    }

    private static Map<String, Long> groups(long[] counted) {
        long all = counted[3];
        Map<String, Long> groups = new LinkedHashMap<>();
        groups.put(Kinds.ENABLED, counted[5]);
        groups.put(Kinds.DISABLED, all - counted[5]);
        groups.put(Kinds.LOCAL, counted[6]);
        groups.put(Kinds.FROM_STORAGE, all - counted[6]);
        groups.put(Kinds.WITH_EMAIL, counted[7]);
        groups.put(Kinds.WITHOUT_EMAIL, all - counted[7]);
        groups.put(Kinds.WITH_ACTIONS, counted[8]);
        groups.values().removeIf(count -> count == 0);
        return groups;
    }

    /** Of no rows at all the sums are null. */
    private long[] counted(EntityManager entities, String statement) {
        Object[] sums =
                this.<Object[]>rows(entities, statement + own, Map.of(), 1).get(0);
        return Arrays.stream(sums)
                .mapToLong(sum -> sum == null ? 0 : ((Number) sum).longValue())
                .toArray();
    }

    private static String sum(String condition) {
        return "sum(" + number(condition) + ")";
    }

    private static String is(String condition) {
        return number(condition) + " > 0";
    }

    private static String number(String condition) {
        return "(case when " + condition + " then 1 else 0 end)";
    }

    long total(EntityManager entities) {
        return this.<Number>rows(entities, TOTAL, Map.of(), 1).get(0).longValue();
    }

    /** See {@link Ranges.Table#skip}. */
    String skip(EntityManager entities, String after, String upTo, int users) {
        Query query = query(entities, NAMES + between(after, upTo) + BY_NAME, bounds(after, upTo));
        List<?> found = query.setFirstResult(users - 1).setMaxResults(1).getResultList();
        return found.isEmpty() ? null : (String) found.get(0);
    }

    /** How many were marked. */
    long mark(EntityManager entities, String after, String upTo) {
        return execute(entities, MARK + own + between(after, upTo), bounds(after, upTo));
    }

    /** The same, of users by their ids. */
    long mark(EntityManager entities, List<String> ids) {
        return execute(entities, MARK + own + AMONG, Map.of("ids", ids));
    }

    void markFederated(EntityManager entities) {
        execute(entities, MARK_FEDERATED, Map.of());
    }

    /** The ids and names of a page of users. */
    List<Object[]> ids(EntityManager entities, String after, int atMost) {
        return rows(entities, IDS + between(after, null) + BY_NAME, bounds(after, null), atMost);
    }

    /** Those of the whole realm who are left, by username. */
    List<Person> left(EntityManager entities, int atMost) {
        return people(entities, rows(entities, LEFT + own + BY_NAME, Map.of(), atMost), Set.of());
    }

    /** Those who are left in a range, by username. */
    List<Person> uncovered(EntityManager entities, String after, String upTo, int atMost) {
        return people(
                entities,
                rows(entities, ROW + UNCOVERED + between(after, upTo) + BY_NAME, bounds(after, upTo), atMost),
                Set.of());
    }

    /**
     * A page of users, with what they log in with. Each table is asked once for the page: to look a user up costs the
     * database more than all else.
     *
     * @param linked whether users may be linked to identity providers
     */
    List<Described> described(EntityManager entities, String after, boolean linked) {
        List<Object[]> rows = rows(entities, ROW + USERS + between(after, null) + BY_NAME, bounds(after, null), PAGE);
        List<String> ids = rows.isEmpty()
                ? NOBODY
                : rows.stream().map(row -> (String) row[0]).toList();
        Map<String, List<Described.Method>> methods = methods(entities, ids);
        Map<String, String> links = linked ? links(entities, ids) : Map.of();
        List<Person> people = people(entities, rows, withOtp(methods));
        List<Described> described = new ArrayList<>();
        for (int index = 0; index < rows.size(); index++) {
            Person person = people.get(index);
            Number created = (Number) rows.get(index)[5];
            described.add(new Described(
                    person,
                    created == null ? null : created.longValue(),
                    methods.getOrDefault(person.userId(), List.of()),
                    links.get(person.userId())));
        }
        return described;
    }

    private static Set<String> withOtp(Map<String, List<Described.Method>> methods) {
        return methods.entrySet().stream()
                .filter(user ->
                        user.getValue().stream().anyMatch(each -> each.type().equals(OTPCredentialModel.TYPE)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static Map<String, List<Described.Method>> methods(EntityManager entities, List<String> ids) {
        return entities.createQuery(METHODS, Object[].class)
                .setParameter("ids", ids)
                .setParameter("types", Described.TYPES)
                .getResultStream()
                .collect(Collectors.groupingBy(
                        row -> (String) row[0],
                        Collectors.mapping(
                                row -> Described.Method.of((String) row[1], (String) row[2], (Long) row[3]),
                                Collectors.toList())));
    }

    private static Map<String, String> links(EntityManager entities, List<String> ids) {
        return entities.createQuery(LINKS, Object[].class)
                .setParameter("ids", ids)
                .getResultStream()
                .collect(Collectors.toMap(row -> (String) row[0], row -> (String) row[1], (one, other) -> one));
    }

    /**
     * @param withOtp ids of those who have OTP
     */
    private List<Person> people(EntityManager entities, List<Object[]> rows, Set<String> withOtp) {
        Map<String, List<String>> actions = new HashMap<>();
        for (int first = 0; first < rows.size(); first += PAGE) {
            List<Object[]> some = rows.subList(first, Math.min(rows.size(), first + PAGE));
            actions.putAll(
                    actions(entities, some.stream().map(row -> (String) row[0]).toList()));
        }
        return rows.stream()
                .map(row -> person(row, actions.getOrDefault((String) row[0], List.of()), withOtp))
                .toList();
    }

    private static Map<String, List<String>> actions(EntityManager entities, List<String> ids) {
        return entities.createQuery(ACTIONS, Object[].class)
                .setParameter("ids", ids)
                .getResultStream()
                .collect(Collectors.groupingBy(
                        row -> (String) row[0], Collectors.mapping(row -> (String) row[1], Collectors.toList())));
    }

    private Person person(Object[] row, List<String> actions, Set<String> withOtp) {
        String id = (String) row[0];
        Standing standing =
                Standing.of(withOtp.contains(id), actions.contains(RealmSettings.TOTP), exempt.contains(id));
        return new Person(id, (String) row[1], (String) row[2], (Boolean) row[3], (String) row[4], standing, actions);
    }

    private static String between(String after, String upTo) {
        return (after == null ? "" : AFTER) + (upTo == null ? "" : UP_TO);
    }

    private static Map<String, Object> bounds(String after, String upTo) {
        Map<String, Object> bounds = new HashMap<>();
        if (after != null) {
            bounds.put("after", after);
        }
        if (upTo != null) {
            bounds.put("upTo", upTo);
        }
        return bounds;
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> rows(EntityManager entities, String statement, Map<String, Object> values, int atMost) {
        return (List<T>)
                query(entities, statement, values).setMaxResults(atMost).getResultList();
    }

    private long execute(EntityManager entities, String statement, Map<String, Object> values) {
        return query(entities, statement, values).executeUpdate();
    }

    private Query query(EntityManager entities, String statement, Map<String, Object> values) {
        Query query = entities.createQuery(statement).setParameter("realm", realmId);
        values.forEach(query::setParameter);
        if (statement.contains(":exempt")) {
            query.setParameter("exempt", exempt.isEmpty() ? NOBODY : List.copyOf(exempt));
        }
        return query;
    }

    static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
