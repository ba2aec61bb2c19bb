package keycloak2fa.people;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** All users as Keycloak itself lists them, for a server on which not even {@link UsersByKey} works. */
final class UsersByOffset implements UserSource {

    private static final int PAGE = 50;

    /**
     * Keycloak drops from a page, and removes, whom a user storage no longer has. So a page that is not full, or even
     * empty, need not be the last: the last one is empty although nobody was removed since the last empty one.
     */
    @Override
    public Page page(KeycloakSession session, RealmModel realm, String after) {
        String[] place = after == null ? new String[] {"0", ""} : after.split(":", -1);
        int first = Integer.parseInt(place[0]);
        Map<String, String> people = new HashMap<>();
        people.put(UserModel.INCLUDE_SERVICE_ACCOUNT, "false");
        List<UserModel> users =
                session.users().searchForUserStream(realm, people, first, PAGE).toList();
        if (!users.isEmpty()) {
            return new Page(users, (first + users.size()) + ":" + place[1]);
        }
        String left = Long.toString(total(session, realm));
        return new Page(users, left.equals(place[1]) ? null : first + ":" + left);
    }

    @Override
    public Ids ids(KeycloakSession session, RealmModel realm, String after) {
        Page page = page(session, realm, after);
        return new Ids(page.users().stream().map(UserModel::getId).toList(), page.next());
    }

    /** Users move to other places when one before them is removed. */
    @Override
    public boolean whole() {
        return false;
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
