package keycloak2fa;

import java.util.List;
import java.util.function.Consumer;

/**
 * The people of a realm: counted, read one by one, and marked. Service accounts are no people.
 *
 * <p>Each method runs in transactions of its own, so that none is open for long and memory stays flat.
 */
interface People {

    Population population();

    /** What {@link #mark} would meet; leaves everybody as they are. */
    Outlook lookAhead(int namedAtMost);

    /** Hands over everybody once, in any order; keeps none of them. */
    void forEach(Consumer<Person> visitor);

    /** Adds CONFIGURE_TOTP to everybody who is uncovered now. */
    Pass mark(AdminEvents events);

    /**
     * One reading of everybody, and the writes that it called for.
     *
     * @param marked how many people got the action
     * @param failures those who could not be written
     */
    record Pass(long marked, List<Failure> failures) {}
}
