package keycloak2fa;

import java.time.LocalDate;

/**
 * One person who need not have 2FA, for a while; as the Python module {@code exemptions} has one.
 *
 * @param username their name when it was given
 * @param expires the last day on which it holds, in UTC
 * @param createdAt RFC 3339 in UTC
 */
record Exemption(
        String userId,
        String username,
        String reason,
        String approver,
        LocalDate expires,
        String createdAt,
        String createdBy) {

    boolean expired(LocalDate day) {
        return day.isAfter(expires);
    }
}
