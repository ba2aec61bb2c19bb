package keycloak2fa.people;

import java.util.stream.Stream;

/** The groups that a person counts in; named as the Python module {@code preview} names them. */
final class Kinds {

    static final String ENABLED = "enabled";
    static final String DISABLED = "disabled";
    static final String LOCAL = "local";
    static final String FROM_STORAGE = "from a user storage";
    static final String WITH_EMAIL = "with email";
    static final String WITHOUT_EMAIL = "without email";
    static final String WITH_ACTIONS = "with other required actions";

    private Kinds() {}

    static Stream<String> of(Person person) {
        Stream<String> always = Stream.of(
                person.enabled() ? ENABLED : DISABLED,
                person.federation() == null ? LOCAL : FROM_STORAGE,
                person.hasEmail() ? WITH_EMAIL : WITHOUT_EMAIL);
        return person.requiredActions().isEmpty() ? always : Stream.concat(always, Stream.of(WITH_ACTIONS));
    }
}
