package keycloak2fa.state;

/** What a realm's 2FA is set to. */
public enum State {
    OFF,
    ENFORCING,
    ON
}
