package keycloak2fa.endpoints;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keycloak2fa.people.Described;
import keycloak2fa.people.Person;

/** The report's lines for a spreadsheet (RFC 4180),. */
final class Csv {

    static final String TYPE = "text/csv";

    static final String HEADER =
            "user_id,username,email,enabled,federation,standing,required_actions,methods,identity_provider\r\n";

    /** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). */
    private static final String FORMULA = "=+-@\t\r";

    private Csv() {}

    static String line(Described user) {
        Person person = user.person();
        return Stream.of(
                        person.userId(),
                        person.username(),
                        person.email(),
                        Boolean.toString(person.enabled()),
                        person.federation(),
                        person.standing().inJson(),
                        joined(person.requiredActions()),
                        joined(user.methods().stream()
                                .map(Described.Method::type)
                                .toList()),
                        user.identityProvider())
                .map(Csv::cell)
                .collect(Collectors.joining(",", "", "\r\n"));
    }

    static String cell(String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String harmless = FORMULA.indexOf(text.charAt(0)) < 0 ? text : "'" + text;
        return '"' + harmless.replace("\"", "\"\"") + '"';
    }

    private static String joined(List<String> texts) {
        return String.join(" ", texts);
    }
}
