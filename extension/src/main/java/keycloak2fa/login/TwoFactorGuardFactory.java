package keycloak2fa.login;

import keycloak2fa.server.Linkage;
import keycloak2fa.state.GuardAction;
import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Makes the guard. A realm has it once it is registered there, see {@code RealmSettings}. */
public final class TwoFactorGuardFactory implements RequiredActionFactory {

    private RequiredActionProvider guard;

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return guard;
    }

    @Override
    public String getId() {
        return GuardAction.ID;
    }

    @Override
    public String getDisplayText() {
        return GuardAction.NAME;
    }

    /**
     * Where the guard cannot run it lets everybody pass: without a provider Keycloak would answer every login to a realm
     * where the action is registered with an error. Who has no factor is then stopped where the login is completed.
     */
    @Override
    public void init(Config.Scope config) {
        if (Linkage.works(getClass().getName())) {
            guard = new TwoFactorGuard();
        } else {
            guard = new GuardOff();
        }
    }

    private static final class GuardOff implements RequiredActionProvider {

        @Override
        public void evaluateTriggers(RequiredActionContext context) {}

        @Override
        public void requiredActionChallenge(RequiredActionContext context) {
            context.success();
        }

        @Override
        public void processAction(RequiredActionContext context) {
            context.success();
        }

        @Override
        public void close() {}
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
