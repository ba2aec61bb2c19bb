package keycloak2fa.state;

import java.time.LocalDate;
import java.util.stream.Stream;

/**
 * One person who need not have 2FA, for a while; as the Python module {@code exemptions} has one.
 *
 * @param username their name when it was given
 * @param expires the last day on which it holds, in UTC
 * @param createdAt RFC 3339 in UTC
 */
public record Exemption(
        String userId,
        String username,
        String reason,
        String approver,
        LocalDate expires,
        String createdAt,
        String createdBy) {

    /** How long one can hold at most: a year and a day. */
    public static final int LONGEST_DAYS = 366;

    public boolean expired(LocalDate day) {
        return day.isAfter(expires);
    }

    /** Whether somebody answers for it. A role that was made by hand exempts nobody. */
    public boolean accounted(LocalDate day) {
        return Stream.of(reason, approver, createdAt, createdBy).noneMatch(String::isEmpty)
                && !expires.isAfter(day.plusDays(LONGEST_DAYS));
    }

    /** Whether the user is exempt. */
    public boolean holds(LocalDate day) {
        return accounted(day) && !expired(day);
    }
}
