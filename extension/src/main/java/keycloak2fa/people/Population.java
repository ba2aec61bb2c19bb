package keycloak2fa.people;

import java.util.List;
import java.util.stream.Stream;

/**
 * How many users of a realm stand where.
 *
 * @param serviceAccounts clients' own users, who do not count and are never asked
 * @param silent names of the user storages that did not answer, so that their users are not among these
 */
public record Population(
        long enrolled, long asked, long exempt, long uncovered, long serviceAccounts, List<String> silent) {

    public long total() {
        return enrolled + asked + exempt + uncovered;
    }

    public Population plus(Population other) {
        return new Population(
                enrolled + other.enrolled,
                asked + other.asked,
                exempt + other.exempt,
                uncovered + other.uncovered,
                serviceAccounts + other.serviceAccounts,
                Stream.concat(silent.stream(), other.silent.stream()).distinct().toList());
    }

    /** After all of those who were uncovered were asked, but so many. */
    public Population allAskedBut(long failed) {
        long covered = Math.max(0, total() - enrolled - exempt - failed);
        return new Population(enrolled, covered, exempt, failed, serviceAccounts, silent);
    }
}
