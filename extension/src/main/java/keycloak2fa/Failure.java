package keycloak2fa;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A person who could not be marked: why, and what mends it. */
record Failure(@JsonProperty("user_id") String userId, String username, String reason, String fix) {}
