package keycloak2fa.people;

import com.fasterxml.jackson.annotation.JsonProperty;
import keycloak2fa.server.Causes;

/** A user who could not be marked: why, and what mends it. */
public record Failure(@JsonProperty("user_id") String userId, String username, String reason, String fix) {

    private static final String READ_ONLY = "the user is read-only";
    private static final String MAKE_WRITABLE =
            "Make the user storage writable; until then the guard asks this user at every login.";

    /** Of a user whom their storage does not let change. */
    static Failure readOnly(Person person, RuntimeException refused) {
        String reason = refused.getMessage() == null ? READ_ONLY : refused.getMessage();
        return new Failure(person.userId(), person.username(), reason, MAKE_WRITABLE);
    }

    /** Of a user of a storage that is known to let none of its users change. */
    static Failure ofStorage(Person person, String storage) {
        String reason = "the user storage '" + storage + "' has import off, so its users are read-only";
        return new Failure(person.userId(), person.username(), reason, MAKE_WRITABLE);
    }

    /** Of a user on whom alone the write kept failing. */
    static Failure refused(Person person, RuntimeException fault) {
        return new Failure(
                person.userId(),
                person.username(),
                "the database refuses the write: " + Causes.innermost(fault),
                "Look at the server's log, and enforce again.");
    }

    /** Of a user whom Keycloak cannot even read. */
    static Failure unreadable(String userId, String username, RuntimeException fault) {
        return new Failure(
                userId,
                username,
                "Keycloak fails to read the user: " + Causes.innermost(fault),
                "Mend or remove the user, and enforce again.");
    }
}
