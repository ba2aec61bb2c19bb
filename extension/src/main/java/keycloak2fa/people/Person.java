package keycloak2fa.people;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * A user who is no service account, as the report's lines have one.
 *
 * @param federation id of the user storage they come from; null for a local user
 * @param requiredActions aliases of what is due at the next login
 */
@JsonPropertyOrder({"user_id", "username", "email", "enabled", "standing", "required_actions", "federation"})
public record Person(
        @JsonProperty("user_id") String userId,
        String username,
        String email,
        boolean enabled,
        String federation,
        Standing standing,
        @JsonProperty("required_actions") List<String> requiredActions) {

    boolean hasEmail() {
        return email != null && !email.isEmpty();
    }
}
