package keycloak2fa;

import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;

/**
 * Asks for CONFIGURE_TOTP at any authentication of a user who has no second factor, while the realm's mark says so:
 * whatever path created the user, and again after an OTP was removed. It has no page of its own.
 */
final class TwoFactorGuard implements RequiredActionProvider {

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        if (mustSetUp(context)) {
            // On the session, not on the user: users of a read-only storage cannot be written, but can enrol.
            context.getAuthenticationSession().addRequiredAction(RequiredAction.CONFIGURE_TOTP);
        }
    }

    private static boolean mustSetUp(RequiredActionContext context) {
        RealmModel realm = context.getRealm();
        UserModel user = context.getUser();
        return Mark.read(realm).enforced()
                && user.getServiceAccountClientLink() == null
                && !SecondFactor.isConfigured(context)
                && !Exemptions.holds(realm, user.getId(), Exemptions.today());
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        // Somebody gave the guard itself to a user as an action: there is nothing to do in it.
        context.success();
    }

    @Override
    public void processAction(RequiredActionContext context) {
        context.success();
    }

    @Override
    public void close() {}
}
