package keycloak2fa.state;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;

/**
 * The one-time mark of a realm: the realm role {@code two-factor-enforcement} and its attributes. The Python module
 * {@code mark} defines it; this is its mirror, and the only class here that knows it.
 *
 * @param runId names this enforcement; null where somebody emptied the role
 * @param startedAt when it was claimed, RFC 3339 in UTC
 * @param enforcedAt when it became ON; null before
 * @param enforcedBy name of the caller who claimed it
 * @param engine what marked the users
 * @param accepted risks that a person accepted
 */
public record Mark(
        State state,
        String runId,
        String startedAt,
        String enforcedAt,
        String enforcedBy,
        String engine,
        List<String> accepted) {

    public static final String ROLE = "two-factor-enforcement";
    public static final String ENGINE = "extension";

    private static final Mark OFF = new Mark(State.OFF, null, null, null, null, null, List.of());

    /** The realm's mark as it is now. */
    public static Mark read(RealmModel realm) {
        RoleModel role = realm.getRole(ROLE);
        return role == null ? OFF : of(role.getAttributes());
    }

    /**
     * Claims a realm that is OFF. Creating the role decides: of many callers at once the database lets one win.
     *
     * @throws org.keycloak.models.ModelDuplicateException somebody else claimed it first
     */
    public static Mark claim(RealmModel realm, String by) {
        Mark mine = new Mark(State.ENFORCING, UUID.randomUUID().toString(), now(), null, by, ENGINE, List.of());
        mine.writeTo(realm.addRole(ROLE));
        return mine;
    }

    /** The mark as ON, once: what is ON keeps its time. */
    public Mark finished() {
        return state == State.ON ? this : new Mark(State.ON, runId, startedAt, now(), enforcedBy, engine, accepted);
    }

    /** A mark that is ON as ENFORCING again: somebody is not covered, and no person has accepted that. */
    public Mark reopened() {
        return state == State.ON
                ? new Mark(State.ENFORCING, runId, startedAt, null, enforcedBy, engine, accepted)
                : this;
    }

    /** Writes it to the realm, whose role is made again where somebody deleted it meanwhile. */
    public void keep(RealmModel realm) {
        RoleModel role = realm.getRole(ROLE);
        writeTo(role == null ? realm.addRole(ROLE) : role);
    }

    /** Whether a person accepted that 2FA is said to be ON although some could not be marked. */
    public boolean acceptsUnwritableUsers() {
        return accepted.contains("unwritable-users");
    }

    /** The sentence that an administrator reads. */
    public String message() {
        return "2FA is currently set to: " + state;
    }

    /** Whether users of the realm must have a second factor. */
    public boolean enforced() {
        return state != State.OFF;
    }

    /**
     * Whether a session is from before 2FA was ON, so that nobody checked its login.
     *
     * @param started seconds since 1970
     */
    public boolean isFromBefore(int started) {
        String since = enforcedAt == null ? startedAt : enforcedAt;
        try {
            return since != null && started <= Instant.parse(since).getEpochSecond();
        } catch (DateTimeParseException edited) {
            return false;
        }
    }

    /** What the attributes of the role say, as {@link RoleModel#getAttributes} has them. Pure. */
    static Mark of(Map<String, List<String>> role) {
        // A role whose attributes somebody emptied still says that enforcement was claimed.
        State state = State.ON.name().equals(first(role, "state")) ? State.ON : State.ENFORCING;
        return new Mark(
                state,
                first(role, "run_id"),
                first(role, "started_at"),
                first(role, "enforced_at"),
                first(role, "enforced_by"),
                first(role, "engine"),
                role.getOrDefault("accepted", List.of()));
    }

    /** What is written on the role; without the risks, which a person accepts by {@code kc2fa}. Pure. */
    Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("state", state.name());
        attributes.put("run_id", runId);
        attributes.put("started_at", startedAt);
        attributes.put("enforced_at", enforcedAt);
        attributes.put("enforced_by", enforcedBy);
        attributes.put("engine", engine);
        return attributes;
    }

    private static String first(Map<String, List<String>> role, String name) {
        return role.getOrDefault(name, List.of()).stream().findFirst().orElse(null);
    }

    private void writeTo(RoleModel role) {
        role.setDescription(message() + ". Kept by keycloak-2fa: do not delete, and give it to nobody.");
        attributes().forEach((name, value) -> {
            if (value == null) {
                role.removeAttribute(name);
            } else {
                role.setSingleAttribute(name, value);
            }
        });
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
