package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import java.util.Optional;
import keycloak2fa.state.Mark;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.requiredactions.UpdateTotp;

/**
 * Keycloak's own CONFIGURE_TOTP, under its own id, with three differences where 2FA is enforced: a user who has OTP gives
 * a code of the old device before a new one is added; a login that sets up OTP has thereby given its second factor; and an
 * administrator who impersonates a user cannot enrol a device for them.
 */
final class ConfigureTotp extends UpdateTotp {

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        if (isImpersonated(context)) {
            context.ignore();
        } else if (lacksCode(context)) {
            context.challenge(new OtpCode(context).page());
        } else {
            super.requiredActionChallenge(context);
        }
    }

    @Override
    public void processAction(RequiredActionContext context) {
        if (isImpersonated(context)) {
            context.ignore();
            return;
        }
        if (lacksCode(context)) {
            Optional<Response> again = new OtpCode(context).answer();
            if (again.isPresent()) {
                context.challenge(again.get());
            } else {
                super.requiredActionChallenge(context);
            }
            return;
        }
        boolean first = !Factors.hasOtp(context.getUser());
        super.processAction(context);
        if (first && Factors.hasOtp(context.getUser())) {
            FactorGiven.note(context.getAuthenticationSession());
        }
    }

    private static boolean lacksCode(RequiredActionContext context) {
        return Need.of(context.getSession(), context.getAuthenticationSession()) == Need.CODE;
    }

    private static boolean isImpersonated(RequiredActionContext context) {
        var open = FactorGiven.open(context.getSession(), context.getAuthenticationSession());
        return open != null
                && Need.isImpersonated(open)
                && Mark.read(context.getRealm()).enforced();
    }
}
