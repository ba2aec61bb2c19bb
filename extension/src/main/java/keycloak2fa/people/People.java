package keycloak2fa.people;

import java.util.List;
import java.util.function.Consumer;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.run.Run;

/**
 * The users of a realm: counted, read one by one, and marked. Service accounts do not count.
 *
 * <p>Each method runs in transactions of its own, so that none is open for long and memory stays flat.
 */
public interface People {

    Population population();

    /**
     * What {@link #mark} would meet.
     *
     * @param mayTry whether users of a storage may be written for a try, which is rolled back
     */
    Outlook lookAhead(int namedAtMost, boolean mayTry);

    /** Hands over everybody once, in any order; keeps none of them. */
    void forEach(Consumer<Described> visitor);

    /** How many there are, as far as that is cheap to know. */
    long total();

    /** Adds CONFIGURE_TOTP to everybody who is uncovered. */
    Pass mark(AdminEvents events, Run run);

    /** The same after {@link #mark}, where few are left: who came meanwhile, and was not covered by Keycloak itself. */
    Pass markThoseLeft(AdminEvents events, Run run);

    /**
     * One reading of everybody, and the writes that it called for.
     *
     * @param marked how many users got the action
     * @param failures those who could not be written
     * @param silent names of the storages that did not answer
     * @param whole whether nobody can have been missed who was there when it began
     */
    record Pass(long marked, List<Failure> failures, List<String> silent, boolean whole) {}
}
