package keycloak2fa.people;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A user with what an auditor asks for: a line of the report.
 *
 * @param createdMs when the user was created, in milliseconds since the epoch; null where Keycloak does not say
 * @param methods what the user logs in with beside the password
 * @param identityProvider alias of an identity provider that the user logs in with; null where there is none
 */
public record Described(
        @JsonUnwrapped Person person,
        @JsonProperty("created_ms") Long createdMs,
        List<Method> methods,
        @JsonProperty("identity_provider") String identityProvider) {

    /** Keycloak's types of credentials that are a second factor. */
    static final List<String> TYPES = List.of("otp", "webauthn", "webauthn-passwordless", "recovery-authn-codes");

    /**
     * A credential.
     *
     * @param label the name that the user gave it; null without one
     * @param createdAt when it was set up, RFC 3339 in UTC; null where that is not known
     */
    public record Method(
            String type,
            String label,
            @JsonProperty("created_at") String createdAt) {

        static Method of(String type, String label, Long createdMs) {
            String createdAt = createdMs == null
                    ? null
                    : Instant.ofEpochMilli(createdMs)
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString();
            return new Method(type, label == null || label.isEmpty() ? null : label, createdAt);
        }
    }
}
