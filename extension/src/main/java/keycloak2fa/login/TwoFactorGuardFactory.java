package keycloak2fa.login;

import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Makes the guard. A realm has it once it is registered there, see {@code RealmSettings}. */
public final class TwoFactorGuardFactory implements RequiredActionFactory {

    public static final String ID = "two-factor-guard";
    public static final String NAME = "Two-factor guard";

    /** Before every other action: an action that adds a credential must not come before the factor was given. */
    public static final int PRIORITY = 0;

    private static final TwoFactorGuard GUARD = new TwoFactorGuard();

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return GUARD;
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayText() {
        return NAME;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
