package keycloak2fa.people;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;

/**
 * Finds users in Keycloak's own tables, a page at a time. Each request costs as much at the end of a million users as at
 * their beginning: it walks the index on realm and username from where the last page ended, a window at a time, and
 * answers after a while with what it has, and with the place to go on from.
 */
public final class UserSearch {

    /** Users that one statement looks at. */
    static final int WINDOW = 10_000;

    /** After which it answers with what it has. */
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static final String NAMES = "select u.username from UserEntity u where u.realmId = :realm";
    private static final String ROW = "select u.id, u.username, u.email, u.enabled, u.federationLink,"
            + " case when " + UserStatements.OTP + " then 1 else 0 end,"
            + " case when " + UserStatements.ASKED + " then 1 else 0 end"
            + " from UserEntity u where " + UserStatements.USERS;
    private static final String MATCHES = " and (u.username like :text escape '!' or u.email like :text escape '!'"
            + " or lower(u.firstName) like :text escape '!' or lower(u.lastName) like :text escape '!' or u.id = :id)";

    private final String realmId;

    public UserSearch(String realmId) {
        this.realmId = realmId;
    }

    /**
     * What is searched for.
     *
     * @param text part of the username, the email address or a name, or the whole id; empty for everybody
     * @param standing null for all
     * @param after the place where the page before ended; null for the first
     * @param exemptions ids of users who have an exemption; among these are searched those who are EXEMPT
     */
    public record Wanted(String text, Standing standing, String after, int atMost, Set<String> exemptions) {}

    /** A user as the tables have them. */
    public record Row(
            String id, String username, String email, boolean enabled, String storage, boolean otp, boolean asked) {}

    /**
     * A page of users, by username.
     *
     * @param next the place to go on from; null where everybody was looked at. The page need not be full where it is not
     */
    public record Page(List<Row> rows, String next) {}

    /** Runs its statements on a realm that cannot be. */
    static void check(KeycloakSession session) {
        UserSearch nobody = new UserSearch("");
        for (String after : new String[] {null, "a"}) {
            nobody.end(entities(session), after);
            for (Standing standing : Standing.values()) {
                nobody.rows(entities(session), new Wanted("a", standing, after, 1, Set.of()), after, after);
            }
        }
    }

    public Page page(KeycloakSession session, Wanted wanted) {
        EntityManager entities = entities(session);
        if (wanted.standing() == Standing.EXEMPT || (wanted.text().isEmpty() && wanted.standing() == null)) {
            return direct(entities, wanted);
        }
        long until = System.nanoTime() + BUDGET.toNanos();
        List<Row> found = new ArrayList<>();
        String after = wanted.after();
        do {
            String end = end(entities, after);
            int room = wanted.atMost() - found.size();
            List<Row> rows = rows(
                    entities,
                    new Wanted(wanted.text(), wanted.standing(), after, room, wanted.exemptions()),
                    after,
                    end);
            found.addAll(rows);
            if (rows.size() == room) {
                return new Page(found, rows.get(room - 1).username());
            }
            after = end;
        } while (after != null && System.nanoTime() < until);
        return new Page(found, after);
    }

    /** Everybody, of whom the next ones are at hand, or users by their ids, of whom there are few. */
    private Page direct(EntityManager entities, Wanted wanted) {
        List<Row> rows = rows(entities, wanted, wanted.after(), null);
        return new Page(
                rows,
                rows.size() < wanted.atMost() ? null : rows.get(rows.size() - 1).username());
    }

    /** Where the window ends that begins behind a username; null where it is the last. */
    private String end(EntityManager entities, String after) {
        String statement = NAMES + (after == null ? "" : UserStatements.AFTER) + UserStatements.BY_NAME;
        Query query = entities.createQuery(statement).setParameter("realm", realmId);
        if (after != null) {
            query.setParameter("after", after);
        }
        List<?> found = query.setFirstResult(WINDOW - 1).setMaxResults(1).getResultList();
        return found.isEmpty() ? null : (String) found.get(0);
    }

    private List<Row> rows(EntityManager entities, Wanted wanted, String after, String upTo) {
        Map<String, Object> values = new HashMap<>();
        StringBuilder statement = new StringBuilder(ROW);
        if (after != null) {
            statement.append(UserStatements.AFTER);
            values.put("after", after);
        }
        if (upTo != null) {
            statement.append(UserStatements.UP_TO);
            values.put("upTo", upTo);
        }
        if (!wanted.text().isEmpty()) {
            statement.append(MATCHES);
            values.put("text", '%' + escaped(wanted.text().toLowerCase(Locale.ROOT)) + '%');
            values.put("id", wanted.text());
        }
        if (wanted.standing() != null) {
            statement.append(of(wanted.standing()));
            if (statement.indexOf(":exemptions") > 0) {
                values.put("exemptions", wanted.exemptions().isEmpty() ? UserStatements.NOBODY : wanted.exemptions());
            }
        }
        Query query = entities.createQuery(statement + UserStatements.BY_NAME).setParameter("realm", realmId);
        values.forEach(query::setParameter);
        List<?> rows = query.setMaxResults(wanted.atMost()).getResultList();
        return rows.stream().map(each -> row((Object[]) each)).toList();
    }

    private static String of(Standing standing) {
        return switch (standing) {
            case ENROLLED -> " and " + UserStatements.OTP;
            case ASKED -> " and not " + UserStatements.OTP + " and " + UserStatements.ASKED;
            case UNCOVERED ->
                " and not " + UserStatements.OTP + " and not " + UserStatements.ASKED
                        + " and u.id not in (:exemptions)";
            case EXEMPT -> " and u.id in (:exemptions)";
        };
    }

    private static Row row(Object[] columns) {
        return new Row(
                (String) columns[0],
                (String) columns[1],
                (String) columns[2],
                (Boolean) columns[3],
                (String) columns[4],
                ((Number) columns[5]).intValue() == 1,
                ((Number) columns[6]).intValue() == 1);
    }

    /** A text that the reader typed stands for itself. */
    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
