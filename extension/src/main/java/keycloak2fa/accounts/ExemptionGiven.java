package keycloak2fa.accounts;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import keycloak2fa.enforcement.Refusal;
import keycloak2fa.state.Exemption;
import keycloak2fa.state.Exemptions;
import org.keycloak.models.UserModel;

/** An exemption that an administrator gives a user; the Python module {@code exemptions} has the same rules. */
public final class ExemptionGiven {

    private ExemptionGiven() {}

    /**
     * A new one.
     *
     * @param expires the last day, as 2026-12-31
     * @param by the administrator's name
     * @throws jakarta.ws.rs.WebApplicationException 400: the day is none, is over, or is too far away
     */
    public static Exemption to(UserModel user, String reason, String approver, String expires, String by) {
        LocalDate last;
        try {
            last = LocalDate.parse(expires);
        } catch (DateTimeParseException none) {
            throw Refusal.badRequest("bad-day", "The last day is not a day like 2026-12-31.");
        }
        LocalDate today = Exemptions.today();
        if (last.isBefore(today) || last.isAfter(today.plusDays(Exemption.LONGEST_DAYS))) {
            throw Refusal.badRequest("bad-day", "The last day is over, or more than a year and a day away.");
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Exemption(user.getId(), user.getUsername(), reason, approver, last, now, by);
    }
}
