package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
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

/**
 * The moment at which a login becomes a code or an assertion. Every protocol passes it, whatever page or link led there,
 * so a login that skipped a step ends here.
 */
public final class LoginCompletion {

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
            return;
        }
        if (Need.of(login, opened) != Need.NOTHING || answersConsent(session) && isActionDue(session, login, event)) {
            refuse(session, login, opened, event);
        }
        FactorGiven.note(opened);
    }

    /** Keycloak does not look there whether another required action is due. */
    private static boolean answersConsent(KeycloakSession session) {
        return session.getContext().getUri().getPath().endsWith("/login-actions/consent");
    }

    private static boolean isActionDue(KeycloakSession session, AuthenticationSessionModel login, EventBuilder event) {
        return AuthenticationManager.nextRequiredAction(
                        session, login, session.getContext().getHttpRequest(), event.clone())
                != null;
    }

    private static void refuse(
            KeycloakSession session, AuthenticationSessionModel login, UserSessionModel opened, EventBuilder event) {
        event.clone()
                .event(EventType.LOGIN_ERROR)
                .user(opened.getUser())
                .detail(Details.REASON, Refused.NOT_SET_UP)
                .error(Errors.RESOLVE_REQUIRED_ACTIONS);
        endOlder(session, login.getRealm(), opened);
        throw new ErrorPageException(session, Response.Status.FORBIDDEN, Refused.NO_FACTOR);
    }

    /** A session from before: without this its cookie would lead back here for ever. */
    private static void endOlder(KeycloakSession session, RealmModel realm, UserSessionModel opened) {
        String realmId = realm.getId();
        String id = opened.getId();
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
