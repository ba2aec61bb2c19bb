package keycloak2fa;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;

/**
 * Break-glass accounts, left alone until a day. Each is a realm role {@code two-factor-exempt-<user id>}; the Python
 * module {@code exemptions} defines it, and this class alone mirrors it.
 */
final class Exemptions {

    private static final String PREFIX = "two-factor-exempt-";

    private Exemptions() {}

    /** The day that exemptions are measured by, in UTC. */
    static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    /** Whether one user is exempt on a day. */
    static boolean holds(RealmModel realm, String userId, LocalDate day) {
        RoleModel role = realm.getRole(PREFIX + userId);
        return role != null && holds(role, day);
    }

    /** Ids of the users who are exempt on a day. */
    static Set<String> valid(KeycloakSession session, RealmModel realm, LocalDate day) {
        return session.roles()
                .searchForRolesStream(realm, PREFIX, null, null)
                .filter(role -> role.getName().startsWith(PREFIX) && holds(role, day))
                .map(role -> role.getName().substring(PREFIX.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean holds(RoleModel role, LocalDate day) {
        String expires = role.getFirstAttribute("expires");
        try {
            return expires != null && !day.isAfter(LocalDate.parse(expires));
        } catch (DateTimeParseException edited) {
            // Somebody edited the role by hand: without a day it exempts nobody.
            return false;
        }
    }
}
