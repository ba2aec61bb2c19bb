package keycloak2fa.realm;

/**
 * One setting of a realm that was or will be changed.
 *
 * @param setting its name in Keycloak's own words
 * @param before its value before; null where there was none
 * @param after its value after
 */
public record Change(String setting, Object before, Object after) {}
