package keycloak2fa.people;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Where {@link UserPages} has its pages from. */
interface UserSource {

    /** The page behind another one, whose {@code next} is given; null for the first. */
    Page page(KeycloakSession session, RealmModel realm, String after);

    /** The ids of the same page: where its users cannot be read together, they are read one by one. */
    Ids ids(KeycloakSession session, RealmModel realm, String after);

    /** Name of the user storage that it is; null where it is not one. */
    default String storage() {
        return null;
    }

    /** Those of its users who are known, without a try, to be read-only, by id. */
    default Map<String, Failure> known(Stream<Person> users) {
        return Map.of();
    }

    /** Whether nobody can be missed who is there all the while. */
    boolean whole();

    /** How many users it has, where that is cheap to know; 0 where it is not. */
    long total(KeycloakSession session, RealmModel realm);

    /** Clients' own users in it. */
    default long serviceAccounts(KeycloakSession session, RealmModel realm) {
        return 0;
    }

    /**
     * A page of users.
     *
     * @param next null where it was the last one
     */
    record Page(List<UserModel> users, String next) {}

    /** The same, by id. */
    record Ids(List<String> ids, String next) {}
}
