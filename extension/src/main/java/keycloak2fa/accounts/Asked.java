package keycloak2fa.accounts;

import org.keycloak.models.ModelException;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.storage.ReadOnlyException;

/** One user asked for the set-up, or no longer, as far as their user storage lets Keycloak write it. */
public final class Asked {

    private Asked() {}

    /** Whether the set-up is due now. */
    public static boolean ask(UserModel user) {
        try {
            user.addRequiredAction(RequiredAction.CONFIGURE_TOTP);
            return true;
        } catch (ReadOnlyException | ModelException refused) {
            return false;
        }
    }

    /** Whether the set-up was due and is no longer. */
    public static boolean takeBack(UserModel user) {
        boolean due = user.getRequiredActionsStream().anyMatch(RequiredAction.CONFIGURE_TOTP.name()::equals);
        try {
            user.removeRequiredAction(RequiredAction.CONFIGURE_TOTP);
            return due;
        } catch (ReadOnlyException | ModelException refused) {
            return false;
        }
    }
}
