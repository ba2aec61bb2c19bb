package keycloak2fa.verification;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import keycloak2fa.realm.Change;
import keycloak2fa.realm.RealmSettings;
import keycloak2fa.state.Exemptions;
import keycloak2fa.state.GuardAction;
import keycloak2fa.state.Mark;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Those of the findings of {@code kc2fa verify} that a look at the realm tells. Their ids and severities are those of the
 * Python module {@code findings}, which has many more.
 */
public final class Findings {

    private static final String HIGH = "high";
    private static final String MEDIUM = "medium";

    /** The ids that are looked for. */
    public static final List<String> CHECKED = List.of(
            "uncovered-users",
            "default-action-off",
            "totp-action-off",
            "guard-off",
            "otp-policy-drift",
            "brute-force-off",
            "exemption-expired");

    /**
     * Gaps that the guard closes while it watches: it asks at every login. As `verify` of kc2fa has them. What drifted
     * from the settings of enforcement is found all the same.
     */
    private static final Set<String> HELD_BY_GUARD = Set.of("uncovered-users");

    private Findings() {}

    /** One of them. Where is what it is about: settings, or users by name. */
    public record Finding(String id, String severity, List<String> where) {}

    /** All of them: the gaps that are open, and those that the guard holds. */
    public record Found(List<Finding> findings, List<Finding> held) {}

    /**
     * What is the case now.
     *
     * @param uncovered how many users are not covered
     * @param loginsChecked whether the parts run without which a login can go past the guard
     */
    public static Found of(KeycloakSession session, RealmModel realm, long uncovered, boolean loginsChecked) {
        boolean watched = RealmSettings.guardIsOn(realm) && loginsChecked;
        Map<Boolean, List<Finding>> found = all(session, realm, uncovered).stream()
                .collect(Collectors.partitioningBy(each -> watched && HELD_BY_GUARD.contains(each.id())));
        return new Found(found.get(false), found.get(true));
    }

    private static List<Finding> all(KeycloakSession session, RealmModel realm, long uncovered) {
        List<Finding> found = new ArrayList<>();
        Mark mark = Mark.read(realm);
        if (mark.enforced()) {
            ofEnforcement(found, realm, mark, uncovered);
        }
        if (!realm.isBruteForceProtected()) {
            found.add(new Finding("brute-force-off", MEDIUM, List.of()));
        }
        LocalDate today = Exemptions.today();
        List<String> expired = Exemptions.every(session, realm).stream()
                .filter(each -> each.expired(today))
                .map(each -> each.username() + " (" + each.expires() + ")")
                .toList();
        if (!expired.isEmpty()) {
            found.add(new Finding("exemption-expired", HIGH, expired));
        }
        return found;
    }

    private static void ofEnforcement(List<Finding> found, RealmModel realm, Mark mark, long uncovered) {
        if (uncovered > 0) {
            found.add(new Finding("uncovered-users", HIGH, List.of()));
        }
        List<Change> drift = RealmSettings.drift(realm, mark);
        add(found, drift, RealmSettings.TOTP + ".defaultAction", "default-action-off", HIGH);
        add(found, drift, RealmSettings.TOTP + ".enabled", "totp-action-off", HIGH);
        add(found, drift, GuardAction.ID + ".enabled", "guard-off", HIGH);
        List<String> ofPolicy = drift.stream()
                .filter(each -> each.setting().startsWith("otp"))
                .map(each -> each.setting() + ": " + each.before() + " (" + each.after() + ")")
                .toList();
        if (!ofPolicy.isEmpty()) {
            found.add(new Finding("otp-policy-drift", MEDIUM, ofPolicy));
        }
    }

    private static void add(List<Finding> found, List<Change> drift, String setting, String id, String severity) {
        if (drift.stream().anyMatch(each -> each.setting().equals(setting))) {
            found.add(new Finding(id, severity, List.of()));
        }
    }
}
