package keycloak2fa.realm;

import java.util.ArrayList;
import java.util.List;
import keycloak2fa.state.GuardAction;
import keycloak2fa.state.Mark;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel.RequiredAction;

/** What a realm must be for enforcement to hold: its OTP policy, CONFIGURE_TOTP, and the guard. */
public final class RealmSettings {

    public static final String TOTP = RequiredAction.CONFIGURE_TOTP.name();

    private static final String TOTP_NAME = "Configure OTP";

    private RealmSettings() {}

    /** Whether users created from now on will have to set up OTP. */
    public static boolean coversNewUsers(RealmModel realm) {
        RequiredActionProviderModel action = realm.getRequiredActionProviderByAlias(TOTP);
        return action != null && action.isEnabled() && action.isDefaultAction();
    }

    /** What stands between the realm and what enforcement needs. */
    public static List<Change> changes(RealmModel realm) {
        List<Change> changes = new ArrayList<>(OtpPolicies.changes(realm.getOTPPolicy()));
        changes.addAll(changes(realm, TOTP, true));
        changes.addAll(changes(realm, GuardAction.ID, false));
        return List.copyOf(changes);
    }

    /** What the realm has lost since enforcement. Where the extension came after it, the guard has lost nothing. */
    public static List<Change> drift(RealmModel realm, Mark mark) {
        List<Change> drift = new ArrayList<>(OtpPolicies.changes(realm.getOTPPolicy()));
        drift.addAll(changes(realm, TOTP, true));
        boolean cameLater =
                realm.getRequiredActionProviderByAlias(GuardAction.ID) == null && !Mark.ENGINE.equals(mark.engine());
        if (!cameLater) {
            drift.addAll(changes(realm, GuardAction.ID, false));
        }
        return List.copyOf(drift);
    }

    /**
     * Makes the changes, and no other: a setting that is right already is not written.
     *
     * @return what was changed
     */
    public static List<Change> apply(KeycloakSession session, RealmModel realm, AdminEvents events) {
        List<Change> changes = changes(realm);
        List<Change> ofPolicy = OtpPolicies.changes(realm.getOTPPolicy());
        if (!ofPolicy.isEmpty()) {
            realm.setOTPPolicy(OtpPolicies.enforced(realm.getOTPPolicy()));
            events.policyChanged(session, ofPolicy);
        }
        require(session, realm, TOTP, TOTP_NAME, true, events);
        require(session, realm, GuardAction.ID, GuardAction.NAME, false, events);
        return changes;
    }

    private static List<Change> changes(RealmModel realm, String alias, boolean byDefault) {
        RequiredActionProviderModel action = realm.getRequiredActionProviderByAlias(alias);
        List<Change> changes = new ArrayList<>();
        if (isTaken(action)) {
            changes.add(new Change(alias + ".providerId", action.getProviderId(), alias));
            return changes;
        }
        if (action == null) {
            changes.add(new Change(alias + ".registered", false, true));
        }
        if (action == null || !action.isEnabled()) {
            changes.add(new Change(alias + ".enabled", action == null ? null : false, true));
        }
        if (byDefault && (action == null || !action.isDefaultAction())) {
            changes.add(new Change(alias + ".defaultAction", action == null ? null : false, true));
        }
        return changes;
    }

    private static void require(
            KeycloakSession session,
            RealmModel realm,
            String alias,
            String name,
            boolean byDefault,
            AdminEvents events) {
        if (changes(realm, alias, byDefault).isEmpty()) {
            return;
        }
        RequiredActionProviderModel action = realm.getRequiredActionProviderByAlias(alias);
        if (isTaken(action)) {
            realm.removeRequiredActionProvider(action);
        } else if (action != null) {
            action.setEnabled(true);
            action.setDefaultAction(byDefault || action.isDefaultAction());
            realm.updateRequiredActionProvider(action);
            events.actionChanged(session, action);
            return;
        }
        action = new RequiredActionProviderModel();
        action.setAlias(alias);
        action.setProviderId(alias);
        action.setName(name);
        action.setPriority(alias.equals(GuardAction.ID) ? GuardAction.PRIORITY : nextPriority(realm));
        action.setEnabled(true);
        action.setDefaultAction(byDefault);
        events.actionRegistered(session, realm.addRequiredActionProvider(action));
    }

    /** Whether the guard is registered and enabled. */
    public static boolean guardIsOn(RealmModel realm) {
        RequiredActionProviderModel guard = realm.getRequiredActionProviderByAlias(GuardAction.ID);
        return guard != null && guard.isEnabled() && !isTaken(guard);
    }

    /** Whether another provider has the guard's alias, as in a realm that was imported. */
    private static boolean isTaken(RequiredActionProviderModel action) {
        return action != null
                && action.getAlias().equals(GuardAction.ID)
                && !action.getProviderId().equals(GuardAction.ID);
    }

    /** As Keycloak numbers an action that an administrator registers: after all others. */
    private static int nextPriority(RealmModel realm) {
        return realm.getRequiredActionProvidersStream()
                        .mapToInt(RequiredActionProviderModel::getPriority)
                        .max()
                        .orElse(0)
                + 1;
    }
}
