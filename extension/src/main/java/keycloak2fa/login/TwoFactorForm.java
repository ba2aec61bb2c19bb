package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticator;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticatorFactory;
import org.keycloak.events.Errors;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

/**
 * A step of a flow with pages that demands a second factor of everybody: a code where the user has OTP, and the set-up of
 * OTP where there is none. The login is not done before, so there is nothing that could be skipped.
 */
final class TwoFactorForm extends OTPFormAuthenticator {

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        switch (Need.of(context.getSession(), context.getAuthenticationSession())) {
            case NOTHING -> context.success();
            case CODE -> super.authenticate(context);
            case SET_UP -> context.forceChallenge(setUp(context).page(context.form(), here(context)));
            case OTHER, IMPOSSIBLE -> refuse(context);
        }
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        switch (Need.of(context.getSession(), context.getAuthenticationSession())) {
            case NOTHING -> context.success();
            case CODE -> super.action(context);
            case SET_UP ->
                setUp(context)
                        .answer(
                                context.getHttpRequest().getDecodedFormParameters(),
                                context.form(),
                                here(context),
                                context.getEvent())
                        .ifPresentOrElse(context::forceChallenge, () -> setUpDone(context));
            case OTHER, IMPOSSIBLE -> refuse(context);
        }
    }

    /** Who has nothing set up is not skipped, but sets it up here. */
    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public List<RequiredActionFactory> getRequiredActions(KeycloakSession session) {
        return List.of();
    }

    /**
     * Keycloak goes through the flow again from its beginning, where a step may now ask the user, who has OTP by now. They
     * just gave a code, and the next one comes in half a minute.
     */
    private static void setUpDone(AuthenticationFlowContext context) {
        RealmModel realm = context.getRealm();
        otpForms(realm, topLevel(realm, context.getExecution().getParentFlow()))
                .forEach(form -> context.getAuthenticationSession().setExecutionStatus(form, ExecutionStatus.SUCCESS));
        context.success();
    }

    private static String topLevel(RealmModel realm, String flowId) {
        return realm.getAuthenticationFlowById(flowId).isTopLevel()
                ? flowId
                : topLevel(
                        realm, realm.getAuthenticationExecutionByFlowId(flowId).getParentFlow());
    }

    private static Stream<String> otpForms(RealmModel realm, String flowId) {
        return realm.getAuthenticationExecutionsStream(flowId)
                .flatMap(execution -> execution.isAuthenticatorFlow()
                        ? otpForms(realm, execution.getFlowId())
                        : Stream.of(execution)
                                .filter(step -> OTPFormAuthenticatorFactory.PROVIDER_ID.equals(step.getAuthenticator()))
                                .map(AuthenticationExecutionModel::getId));
    }

    private static OtpSetUp setUp(AuthenticationFlowContext context) {
        return new OtpSetUp(context.getSession(), context.getAuthenticationSession());
    }

    /** The page again, without the code that would make a request an answer to it. */
    private static URI here(AuthenticationFlowContext context) {
        return UriBuilder.fromUri(context.getRefreshUrl(false)).build();
    }

    private static void refuse(AuthenticationFlowContext context) {
        context.getEvent().user(context.getUser()).error(Errors.INVALID_USER_CREDENTIALS);
        context.failure(
                AuthenticationFlowError.INVALID_CREDENTIALS,
                context.form()
                        .setError(Refused.page(Need.of(context.getSession(), context.getAuthenticationSession())))
                        .createErrorPage(Response.Status.FORBIDDEN));
    }
}
