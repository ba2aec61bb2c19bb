package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import java.util.regex.Pattern;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel;

/**
 * The moment at which a login becomes a code or an assertion. Every protocol passes it, whatever page or link led there,
 * so a login that skipped a step ends here.
 */
public final class LoginCompletion {

    /** Keycloak's consent endpoint, also in a spelling that it takes for the same. */
    private static final Pattern CONSENT = Pattern.compile("/login-actions[^/]*/+consent");

    private LoginCompletion() {}

    /**
     * Lets a login through that gave its second factor, and notes it on the user session.
     *
     * @throws ErrorPageException the login lacks the factor, or skipped an action that is due; everything that the request
     *     wrote is rolled back
     */
    public static void check(
            KeycloakSession session, AuthenticationSessionModel login, UserSessionModel opened, EventBuilder event) {
        if (!Need.concerns(login.getRealm(), opened.getUser()) || Need.isImpersonated(opened)) {
            if (FactorGiven.in(login)) {
                // The session may outlive the day on which 2FA becomes ON.
                FactorGiven.note(opened);
            }
            return;
        }
        if (Need.of(login, opened) != Need.NOTHING) {
            refuse(session, login, opened.getId(), event);
        }
        FactorGiven.note(opened);
    }

    /**
     * The same at the door: where the page of consent is answered, before Keycloak takes the login for a success. A success
     * has it forget the user's failures, in a transaction of its own, so a refusal afterwards would come too late: codes
     * could be guessed without limit. Keycloak does not look there whether another action is due.
     *
     * @throws ErrorPageException as above
     */
    public static void checkConsent(KeycloakSession session, EventBuilder event) {
        AuthenticationSessionModel login = session.getContext().getAuthenticationSession();
        if (login == null
                || login.getAuthenticatedUser() == null
                || !answersConsent(session)
                || !Need.concerns(login.getRealm(), login.getAuthenticatedUser())) {
            return;
        }
        UserSessionModel open = FactorGiven.open(session, login);
        if (open != null && Need.isImpersonated(open)) {
            return;
        }
        if (Need.of(login, open) != Need.NOTHING || isActionDue(session, login, event)) {
            refuse(session, login, login.getParentSession().getId(), event);
        }
    }

    private static boolean answersConsent(KeycloakSession session) {
        return CONSENT.matcher(session.getContext().getUri().getPath()).find()
                && !session.getContext()
                        .getHttpRequest()
                        .getDecodedFormParameters()
                        .containsKey("cancel");
    }

    private static boolean isActionDue(KeycloakSession session, AuthenticationSessionModel login, EventBuilder event) {
        String next = AuthenticationManager.nextRequiredAction(
                session, login, session.getContext().getHttpRequest(), event.clone());
        // The consent itself, which was just given: of a device, or with prompt=consent, Keycloak asks for it each
        // time.
        return next != null && !next.equals(CommonClientSessionModel.Action.OAUTH_GRANT.name());
    }

    private static void refuse(
            KeycloakSession session, AuthenticationSessionModel login, String opened, EventBuilder event) {
        event.clone()
                .event(EventType.LOGIN_ERROR)
                .user(login.getAuthenticatedUser())
                .detail(Details.REASON, Refused.NOT_SET_UP)
                .error(Errors.RESOLVE_REQUIRED_ACTIONS);
        endOlder(session, login.getRealm(), opened);
        throw new ErrorPageException(session, Response.Status.FORBIDDEN, Refused.NO_FACTOR);
    }

    /** A session from before: without this its cookie would lead back here for ever. */
    private static void endOlder(KeycloakSession session, RealmModel realm, String id) {
        String realmId = realm.getId();
        KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), other -> {
            RealmModel same = other.realms().getRealm(realmId);
            other.getContext().setRealm(same);
            UserSessionModel older = other.sessions().getUserSession(same, id);
            if (older != null) {
                other.sessions().removeUserSession(same, older);
            }
        });
    }
}
