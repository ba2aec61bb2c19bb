package keycloak2fa.endpoints;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import keycloak2fa.enforcement.Refusal;
import keycloak2fa.login.Factors;
import keycloak2fa.people.Standing;
import keycloak2fa.people.Storages;
import keycloak2fa.people.UserSearch;
import keycloak2fa.people.Ways;
import keycloak2fa.server.Transactions;
import keycloak2fa.state.Exemption;
import keycloak2fa.state.Exemptions;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The answer to a search for users: what {@link UserSearch} finds, with what else is known of each. */
final class FoundUsers {

    private static final int DEFAULT = 20;
    private static final int MOST = 100;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Ways ways;

    FoundUsers(KeycloakSession session, RealmModel realm, Ways ways) {
        this.session = session;
        this.realm = realm;
        this.ways = ways;
    }

    /** A user of the page. */
    @JsonPropertyOrder({
        "user_id",
        "username",
        "email",
        "enabled",
        "standing",
        "required_actions",
        "storage",
        "exemption"
    })
    record User(
            @JsonProperty("user_id") String userId,
            String username,
            String email,
            boolean enabled,
            Standing standing,
            @JsonProperty("required_actions") List<String> requiredActions,
            String storage,
            Map<String, Object> exemption) {}

    Map<String, Object> page(String text, String standing, String after, Integer max) {
        if (!ways.useStatements()) {
            throw Refusal.conflict("users-list-off", "This server's database does not let users be searched here.");
        }
        Standing wanted = standing(standing);
        Map<String, Exemption> exemptions = Exemptions.every(session, realm).stream()
                .collect(Collectors.toMap(Exemption::userId, Function.identity(), (one, other) -> one));
        UserSearch.Page page = new UserSearch(realm.getId())
                .page(
                        session,
                        new UserSearch.Wanted(
                                Objects.requireNonNullElse(text, "").strip(),
                                wanted,
                                after == null || after.isEmpty() ? null : after,
                                max == null ? DEFAULT : Math.max(1, Math.min(max, MOST)),
                                wanted == Standing.EXEMPT ? exemptions.keySet() : valid(exemptions)));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put(
                "users",
                page.rows().stream()
                        .map(row -> user(row, exemptions.get(row.id())))
                        .filter(user -> user != null && fits(user, wanted))
                        .toList());
        data.put("next", page.next());
        data.put("left_out", leftOut());
        return data;
    }

    /** Where a storage keeps the OTP, no table told. */
    private static boolean fits(User user, Standing wanted) {
        return wanted == null || wanted == Standing.EXEMPT || user.standing() == wanted;
    }

    private static Standing standing(String name) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        return Arrays.stream(Standing.values())
                .filter(each -> each.inJson().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.badRequest("unknown-standing", "There is no such standing."));
    }

    private static Set<String> valid(Map<String, Exemption> exemptions) {
        return exemptions.values().stream()
                .filter(each -> each.holds(Exemptions.today()))
                .map(Exemption::userId)
                .collect(Collectors.toSet());
    }

    /** Null where the user is gone meanwhile: Keycloak removes whom a user storage no longer has. */
    private User user(UserSearch.Row row, Exemption exemption) {
        UserModel user = session.users().getUserById(realm, row.id());
        if (user == null) {
            return null;
        }
        ComponentModel storage = row.storage() == null ? null : realm.getComponent(row.storage());
        boolean exempt = exemption != null && exemption.holds(Exemptions.today());
        // A storage may keep OTP to itself, which no table tells.
        boolean otp = row.otp() || (row.storage() != null && Factors.hasOtp(user));
        return new User(
                row.id(),
                row.username(),
                row.email(),
                row.enabled(),
                Standing.of(otp, row.asked(), exempt),
                user.getRequiredActionsStream().sorted().toList(),
                storage == null ? null : storage.getName(),
                exemption == null ? null : Documents.exemption(exemption, Exemptions.today()));
    }

    private List<String> leftOut() {
        return Storages.of(new Transactions(session, realm)).withUsersOfTheirOwn().stream()
                .map(ComponentModel::getName)
                .toList();
    }
}
