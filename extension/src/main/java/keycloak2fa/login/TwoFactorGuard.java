package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import java.net.URI;
import keycloak2fa.state.GuardAction;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel.RequiredAction;

/**
 * Demands a second factor at every login that no flow asked for one, while the realm's state says so. Keycloak asks it at
 * every authentication, whatever path the user or the login came by. It writes nothing to the user: users of a read-only
 * storage cannot be written, but can enrol.
 */
final class TwoFactorGuard implements RequiredActionProvider {

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        var login = context.getAuthenticationSession();
        switch (need(context)) {
            case NOTHING -> login.removeRequiredAction(GuardAction.ID);
            // Keycloak's own action where there is one: it stands where the administrator ordered it.
            case SET_UP ->
                login.addRequiredAction(
                        keycloakSetsUp(context.getRealm()) ? RequiredAction.CONFIGURE_TOTP.name() : GuardAction.ID);
            case CODE, OTHER, IMPOSSIBLE -> login.addRequiredAction(GuardAction.ID);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        switch (need(context)) {
            case NOTHING -> context.success();
            case CODE -> context.challenge(new OtpCode(context).page());
            case SET_UP -> context.challenge(setUp(context).page(context.form(), here(context)));
            case OTHER, IMPOSSIBLE -> context.challenge(refused(context));
        }
    }

    @Override
    public void processAction(RequiredActionContext context) {
        switch (need(context)) {
            case NOTHING -> context.success();
            case CODE -> new OtpCode(context).answer().ifPresentOrElse(context::challenge, context::success);
            case SET_UP ->
                setUp(context)
                        .answer(
                                context.getHttpRequest().getDecodedFormParameters(),
                                context.form(),
                                here(context),
                                context.getEvent())
                        .ifPresentOrElse(context::challenge, context::success);
            case OTHER, IMPOSSIBLE -> context.challenge(refused(context));
        }
    }

    @Override
    public void close() {}

    private static Need need(RequiredActionContext context) {
        return Need.of(context.getSession(), context.getAuthenticationSession());
    }

    /** Whether CONFIGURE_TOTP works: a disabled one is dropped by Keycloak without a word. */
    private static boolean keycloakSetsUp(RealmModel realm) {
        RequiredActionProviderModel action =
                realm.getRequiredActionProviderByAlias(RequiredAction.CONFIGURE_TOTP.name());
        return action != null
                && action.isEnabled()
                && RequiredAction.CONFIGURE_TOTP.name().equals(action.getProviderId());
    }

    private static OtpSetUp setUp(RequiredActionContext context) {
        return new OtpSetUp(context.getSession(), context.getAuthenticationSession());
    }

    private static URI here(RequiredActionContext context) {
        return context.getActionUrl();
    }

    private static Response refused(RequiredActionContext context) {
        context.getEvent()
                .clone()
                .event(EventType.LOGIN_ERROR)
                .user(context.getUser())
                .error(Errors.INVALID_USER_CREDENTIALS);
        return context.form().setError(Refused.page(need(context))).createErrorPage(Response.Status.FORBIDDEN);
    }
}
