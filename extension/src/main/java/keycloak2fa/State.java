package keycloak2fa;

/** What a realm's 2FA is set to. */
enum State {
    OFF,
    ENFORCING,
    ON
}
