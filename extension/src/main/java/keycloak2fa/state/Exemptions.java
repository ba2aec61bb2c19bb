package keycloak2fa.state;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;

/**
 * Break-glass accounts, left alone until a day. Each is a realm role {@code two-factor-exempt-<user id>}; the Python
 * module {@code exemptions} defines it, and this class alone mirrors it.
 */
public final class Exemptions {

    private static final String PREFIX = "two-factor-exempt-";

    /** Of a role that somebody edited by hand: without a day it exempts nobody. */
    private static final LocalDate NEVER = LocalDate.of(1, 1, 1);

    private Exemptions() {}

    /** The day that exemptions are measured by, in UTC. */
    public static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    /** Whether one user is exempt on a day. */
    public static boolean holds(RealmModel realm, String userId, LocalDate day) {
        RoleModel role = realm.getRole(PREFIX + userId);
        return role != null && of(role).holds(day);
    }

    /** Ids of the users who are exempt on a day. */
    public static Set<String> valid(KeycloakSession session, RealmModel realm, LocalDate day) {
        return every(session, realm).stream()
                .filter(exemption -> exemption.holds(day))
                .map(Exemption::userId)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Every exemption of the realm, the expired ones too, by name. */
    public static List<Exemption> every(KeycloakSession session, RealmModel realm) {
        return session.roles()
                .searchForRolesStream(realm, PREFIX, null, null)
                // Keycloak finds the text anywhere in a role's name.
                .filter(role -> role.getName().startsWith(PREFIX))
                .map(Exemptions::of)
                .sorted(Comparator.comparing(Exemption::username))
                .toList();
    }

    /**
     * Keeps one; an earlier one of the same user is replaced.
     *
     * @return whether there was one
     */
    public static boolean keep(RealmModel realm, Exemption given) {
        RoleModel found = realm.getRole(PREFIX + given.userId());
        RoleModel role = found == null ? realm.addRole(PREFIX + given.userId()) : found;
        role.setDescription("Exempt from 2FA until a day. Kept by keycloak-2fa: see kc2fa exempt list.");
        role.setSingleAttribute("username", given.username());
        role.setSingleAttribute("reason", given.reason());
        role.setSingleAttribute("approver", given.approver());
        role.setSingleAttribute("expires", given.expires().toString());
        role.setSingleAttribute("created_at", given.createdAt());
        role.setSingleAttribute("created_by", given.createdBy());
        return found != null;
    }

    /** Ends one; whether there was one. */
    public static boolean end(RealmModel realm, String userId) {
        RoleModel role = realm.getRole(PREFIX + userId);
        return role != null && realm.removeRole(role);
    }

    /** The name of the role that keeps a user's. */
    public static String role(String userId) {
        return PREFIX + userId;
    }

    private static Exemption of(RoleModel role) {
        return of(role.getName(), role.getAttributes());
    }

    /** What a role says, by its name and its attributes, as {@link RoleModel#getAttributes} has them. Pure. */
    static Exemption of(String role, Map<String, List<String>> attributes) {
        return new Exemption(
                role.substring(PREFIX.length()),
                text(attributes, "username"),
                text(attributes, "reason"),
                text(attributes, "approver"),
                day(text(attributes, "expires")),
                text(attributes, "created_at"),
                text(attributes, "created_by"));
    }

    private static String text(Map<String, List<String>> attributes, String name) {
        return attributes.getOrDefault(name, List.of()).stream().findFirst().orElse("");
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException edited) {
            return NEVER;
        }
    }
}
