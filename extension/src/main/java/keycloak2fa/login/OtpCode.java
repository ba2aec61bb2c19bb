package keycloak2fa.login;

import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.credential.CredentialModel;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.credential.OTPCredentialProvider;
import org.keycloak.credential.OTPCredentialProviderFactory;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserCredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;
import org.keycloak.services.validation.Validation;

/** Keycloak's page for a one-time code, shown and answered as a required action: where no flow asked for the code. */
final class OtpCode {

    private final RequiredActionContext context;

    OtpCode(RequiredActionContext context) {
        this.context = context;
    }

    Response page() {
        return context.form().createLoginTotp();
    }

    /**
     * Takes the answer. A wrong code counts for brute-force protection like one in a flow.
     *
     * @return the page again; empty where the code was right
     */
    Optional<Response> answer() {
        var answer = context.getHttpRequest().getDecodedFormParameters();
        String code = answer.getFirst("otp");
        if (Validation.isBlank(code)) {
            return Optional.of(page());
        }
        Attempts attempts = new Attempts(context);
        if (attempts.areLocked()) {
            return Optional.of(refuse(Errors.USER_TEMPORARILY_DISABLED, Messages.ACCOUNT_TEMPORARILY_DISABLED_TOTP));
        }
        if (isRight(code, answer.getFirst("selectedCredentialId"))) {
            FactorGiven.note(context.getAuthenticationSession());
            return Optional.empty();
        }
        attempts.failed();
        return Optional.of(refuse(Errors.INVALID_USER_CREDENTIALS, Messages.INVALID_TOTP));
    }

    private boolean isRight(String code, String selected) {
        UserModel user = context.getUser();
        KeycloakSession session = context.getSession();
        OTPCredentialProvider otp = (OTPCredentialProvider)
                session.getProvider(CredentialProvider.class, OTPCredentialProviderFactory.PROVIDER_ID);
        String id = selected;
        if (Validation.isBlank(id)) {
            CredentialModel first = otp.getDefaultCredential(session, context.getRealm(), user);
            // A storage of users may keep the OTP itself, and knows no id.
            id = first == null ? "" : first.getId();
        }
        return user.credentialManager().isValid(new UserCredentialModel(id, OTPCredentialModel.TYPE, code));
    }

    private Response refuse(String error, String message) {
        context.getEvent()
                .clone()
                .event(EventType.LOGIN_ERROR)
                .user(context.getUser())
                .error(error);
        return context.form()
                .addError(new FormMessage(Validation.FIELD_OTP_CODE, message))
                .createLoginTotp();
    }
}
