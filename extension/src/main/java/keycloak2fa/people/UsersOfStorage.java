package keycloak2fa.people;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.user.UserQueryMethodsProvider;

/** The users whom one user storage keeps to itself. By offset: a storage knows nothing else. */
final class UsersOfStorage implements UserSource {

    /** Large, for a storage counts up to the offset anew for each page. */
    private static final int PAGE = 500;

    private static final String LDAP = "ldap";

    /** As Keycloak asks it for everybody; asked without anything, LDAP finds nobody. */
    private static final Map<String, String> ALL = Map.of(UserModel.INCLUDE_SERVICE_ACCOUNT, "false");

    private final String id;
    private final String name;
    private final boolean readOnly;

    UsersOfStorage(ComponentModel component) {
        this.id = component.getId();
        this.name = component.getName();
        this.readOnly = component.getProviderId().equals(LDAP);
    }

    @Override
    public Page page(KeycloakSession session, RealmModel realm, String after) {
        int first = after == null ? 0 : Integer.parseInt(after);
        ComponentModel component = realm.getComponent(id);
        List<UserModel> users =
                component != null && Storages.provider(session, component) instanceof UserQueryMethodsProvider storage
                        ? storage.searchForUserStream(realm, ALL, first, PAGE).toList()
                        : List.of();
        return new Page(users, users.isEmpty() ? null : Integer.toString(first + users.size()));
    }

    @Override
    public Ids ids(KeycloakSession session, RealmModel realm, String after) {
        Page page = page(session, realm, after);
        return new Ids(page.users().stream().map(UserModel::getId).toList(), page.next());
    }

    @Override
    public String storage() {
        return name;
    }

    /** Of the users whom it does not let Keycloak import, LDAP takes no required action. */
    @Override
    public Map<String, Failure> known(Stream<Person> users) {
        return users.filter(person -> readOnly && person.standing() == Standing.UNCOVERED)
                .collect(Collectors.toMap(Person::userId, person -> Failure.ofStorage(person, name)));
    }

    /** Which user comes next is the storage's affair. */
    @Override
    public boolean whole() {
        return true;
    }

    @Override
    public long total(KeycloakSession session, RealmModel realm) {
        return 0;
    }
}
