package keycloak2fa;

/**
 * How many people of a realm stand where.
 *
 * @param serviceAccounts clients' own users, who are no people and are never asked
 */
record Population(long enrolled, long asked, long exempt, long uncovered, long serviceAccounts) {

    long total() {
        return enrolled + asked + exempt + uncovered;
    }
}
