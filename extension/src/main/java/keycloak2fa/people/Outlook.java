package keycloak2fa.people;

import java.util.List;
import java.util.Map;

/**
 * What marking would meet.
 *
 * @param people how many stand where
 * @param groups of those who would be marked, how many are of which kind
 * @param named the first of those who would be marked
 * @param failures those who could not be
 */
public record Outlook(Population people, Map<String, Long> groups, List<Person> named, List<Failure> failures) {

    public long toMark() {
        return people.uncovered() - failures.size();
    }
}
