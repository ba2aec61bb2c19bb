package keycloak2fa.run;

import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * How far a run is. Kept where every node of the cluster reads it, and not in the realm: a realm's roles are cached, and
 * each write would empty that cache. It is gone some time after the run: nobody has to clear it where a node dies.
 *
 * @param done users who were looked at
 * @param total users when the run began
 */
public record Progress(long done, long total) {

    /** Longer than one range takes. */
    private static final int SECONDS = 120;

    private static final String DONE = "done";
    private static final String TOTAL = "total";

    /** Null where no run is under way. */
    public static Progress read(KeycloakSession session, RealmModel realm) {
        Map<String, String> kept = session.singleUseObjects().get(key(realm));
        return kept == null ? null : new Progress(Long.parseLong(kept.get(DONE)), Long.parseLong(kept.get(TOTAL)));
    }

    void write(KeycloakSession session, RealmModel realm) {
        Map<String, String> kept = Map.of(DONE, Long.toString(done), TOTAL, Long.toString(total));
        session.singleUseObjects().put(key(realm), SECONDS, kept);
    }

    static void end(KeycloakSession session, RealmModel realm) {
        session.singleUseObjects().remove(key(realm));
    }

    Progress plus(long users) {
        // Of a storage nobody knows beforehand how many it has.
        return new Progress(done + users, Math.max(done + users, total));
    }

    private static String key(RealmModel realm) {
        return "two-factor-progress-" + realm.getId();
    }
}
