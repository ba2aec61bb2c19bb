package keycloak2fa.login;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import keycloak2fa.state.Exemptions;
import keycloak2fa.state.Mark;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.light.LightweightUserAdapter;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/** What a login still lacks. The one place that decides it. */
public enum Need {
    /** The realm is OFF, the user is exempt, or the factor was given. */
    NOTHING,
    /** The user has OTP and has not given a code. */
    CODE,
    /** The user has no factor and must set up OTP. */
    SET_UP,
    /** The user has a security key or recovery codes, and the login passed them by. */
    OTHER,
    /** The user is kept nowhere (feature transient-users), so there is nothing that a factor could be stored with. */
    IMPOSSIBLE;

    /** Required actions that give the user another credential to log in with. */
    private static final Set<String> REGISTRATIONS = Set.of(
            RequiredAction.CONFIGURE_TOTP.name(),
            RequiredAction.CONFIGURE_RECOVERY_AUTHN_CODES.name(),
            "webauthn-register",
            "webauthn-register-passwordless");

    /** What a login lacks before its user session is opened. */
    static Need of(KeycloakSession session, AuthenticationSessionModel login) {
        if (!concerns(login.getRealm(), login.getAuthenticatedUser())) {
            return NOTHING;
        }
        UserSessionModel open = FactorGiven.open(session, login);
        if (open != null && isImpersonated(open)) {
            return NOTHING;
        }
        Need need = of(login, open);
        return endsWithoutSession(login) ? ofLink(need, due(login)) : need;
    }

    /** What a login lacks whose user session is open. */
    static Need of(AuthenticationSessionModel login, UserSessionModel open) {
        UserModel user = login.getAuthenticatedUser();
        if (!concerns(login.getRealm(), user) || (open != null && isImpersonated(open))) {
            return NOTHING;
        }
        if (LightweightUserAdapter.isLightweightUser(user)) {
            return IMPOSSIBLE;
        }
        boolean otp = Factors.hasOtp(user);
        boolean other = !otp && Factors.hasOther(login);
        return of(otp, other, FactorGiven.in(login) || (open != null && FactorGiven.in(open)));
    }

    /**
     * What a login lacks whose user must have a factor. Who has none sets one up, whatever the login says: a factor that
     * was given and then removed is none. Pure.
     *
     * @param otp whether the user has OTP
     * @param other whether the user has another factor that the flow of this login can ask for
     * @param given whether a factor was given in this login or in the session that it joins
     */
    static Need of(boolean otp, boolean other, boolean given) {
        if (!otp && !other) {
            return SET_UP;
        }
        if (given) {
            return NOTHING;
        }
        return otp ? CODE : OTHER;
    }

    /**
     * What is lacking where Keycloak opens no session at the end: nothing, unless the link would give another credential
     * to a user who has a factor, and has not given it. Pure.
     *
     * @param due aliases of the required actions that the link leads to
     */
    static Need ofLink(Need need, Stream<String> due) {
        return need != SET_UP && due.anyMatch(REGISTRATIONS::contains) ? need : NOTHING;
    }

    /**
     * Why a token may not be issued; empty where it may. Nobody has a session without a factor, an exemption or an
     * impersonator. A session from before enforcement, and a direct access grant, must also show that a factor was given:
     * their login passed no {@link LoginCompletion}, and whoever has the password may have begun it.
     *
     * @param grant the grant by which the token is asked for (RFC 6749)
     */
    public static Optional<String> refusesToken(
            RealmModel realm, UserSessionModel open, ClientModel client, String grant) {
        UserModel user = open.getUser();
        Mark mark = Mark.read(realm);
        if (user == null || !concerns(mark, user) || isImpersonated(open)) {
            return Optional.empty();
        }
        // Last: most users have a factor, and an exemption that is not there costs a query each time.
        return lacking(mark, open, client, grant).filter(reason -> !isExempt(realm, user));
    }

    private static Optional<String> lacking(Mark mark, UserSessionModel open, ClientModel client, String grant) {
        if (!Factors.any(open.getRealm(), client, open.getUser())) {
            return Optional.of(Refused.NOT_SET_UP);
        }
        boolean unchecked = OAuth2Constants.PASSWORD.equals(grant) || mark.isFromBefore(open.getStarted());
        return unchecked && !FactorGiven.inUncheckedLogin(open) ? Optional.of(Refused.NOT_GIVEN) : Optional.empty();
    }

    /** Whether 2FA is demanded of a user at all. */
    static boolean concerns(RealmModel realm, UserModel user) {
        return concerns(Mark.read(realm), user) && !isExempt(realm, user);
    }

    private static boolean concerns(Mark mark, UserModel user) {
        return mark.enforced() && user.getServiceAccountClientLink() == null;
    }

    private static boolean isExempt(RealmModel realm, UserModel user) {
        return Exemptions.holds(realm, user.getId(), Exemptions.today());
    }

    /**
     * An administrator who acts as the user. They must not be shown, or asked for, the user's own factor. One who acts as
     * themselves is the user.
     */
    static boolean isImpersonated(UserSessionModel open) {
        String impersonator = open.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString());
        return impersonator != null && !impersonator.equals(open.getUser().getId());
    }

    /** A link from a mail, as for a new password: Keycloak ends it with a page and opens no session. */
    private static boolean endsWithoutSession(AuthenticationSessionModel login) {
        return login.getAuthNote(AuthenticationManager.END_AFTER_REQUIRED_ACTIONS) != null;
    }

    private static Stream<String> due(AuthenticationSessionModel login) {
        return Stream.concat(
                login.getRequiredActions().stream(),
                login.getAuthenticatedUser().getRequiredActionsStream());
    }
}
