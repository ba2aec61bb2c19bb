package keycloak2fa.people;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The users in Keycloak's own tables, by username. */
final class UsersByKey implements UserSource {

    /** The cost of one user grows with the size of a transaction: small ones are the fastest. */
    private static final int PAGE = 50;

    @Override
    public Page page(KeycloakSession session, RealmModel realm, String after) {
        Ids page = ids(session, realm, after);
        // Keycloak drops, and removes, whom a user storage no longer has.
        return new Page(
                page.ids().stream()
                        .map(id -> session.users().getUserById(realm, id))
                        .filter(Objects::nonNull)
                        .toList(),
                page.next());
    }

    @Override
    public Ids ids(KeycloakSession session, RealmModel realm, String after) {
        List<Object[]> rows =
                new UserStatements(realm.getId(), Set.of()).ids(UserStatements.entities(session), after, PAGE);
        String next = rows.size() < PAGE ? null : (String) rows.get(PAGE - 1)[1];
        return new Ids(rows.stream().map(row -> (String) row[0]).toList(), next);
    }

    @Override
    public boolean whole() {
        return true;
    }

    @Override
    public long total(KeycloakSession session, RealmModel realm) {
        return session.users().getUsersCount(realm, false);
    }

    @Override
    public long serviceAccounts(KeycloakSession session, RealmModel realm) {
        return (long) session.users().getUsersCount(realm, true)
                - session.users().getUsersCount(realm, false);
    }
}
