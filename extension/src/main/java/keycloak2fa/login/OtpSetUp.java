package keycloak2fa.login;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.Optional;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.forms.login.MessageType;
import org.keycloak.forms.login.freemarker.model.TotpBean;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.utils.CredentialValidation;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;
import org.keycloak.services.validation.Validation;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.utils.CredentialHelper;

/**
 * Keycloak's page Mobile Authenticator Setup, shown and answered inside a flow or by the guard. It is the theme's own
 * template, with the same fields as Keycloak's required action CONFIGURE_TOTP.
 */
final class OtpSetUp {

    private static final String TEMPLATE = "login-config-totp.ftl";

    private final KeycloakSession session;
    private final AuthenticationSessionModel login;
    private final RealmModel realm;
    private final UserModel user;

    OtpSetUp(KeycloakSession session, AuthenticationSessionModel login) {
        this.session = session;
        this.login = login;
        this.realm = login.getRealm();
        this.user = login.getAuthenticatedUser();
    }

    /**
     * The page as it is shown first.
     *
     * @param here the page's own address, for its links between barcode and key
     */
    Response page(LoginFormsProvider form, URI here) {
        return page(form.setMessage(MessageType.WARNING, Messages.CONFIGURE_TOTP), here, mode());
    }

    /**
     * Takes the answer.
     *
     * @return the page again, with what was wrong; empty where OTP is set up
     */
    Optional<Response> answer(
            MultivaluedMap<String, String> answer, LoginFormsProvider form, URI here, EventBuilder event) {
        Optional<FormMessage> wrong = enrol(answer);
        if (wrong.isPresent()) {
            return Optional.of(page(form.addError(wrong.get()), here, answer.getFirst("mode")));
        }
        // Whoever has set up need not do it again, wherever else it is due.
        user.removeRequiredAction(RequiredAction.CONFIGURE_TOTP);
        login.removeRequiredAction(RequiredAction.CONFIGURE_TOTP);
        login.removeAuthNote(Constants.TOTP_SECRET_KEY);
        FactorGiven.note(login);
        event.clone()
                .event(EventType.UPDATE_CREDENTIAL)
                .user(user)
                .detail(Details.CREDENTIAL_TYPE, OTPCredentialModel.TYPE)
                .success();
        return Optional.empty();
    }

    private Optional<FormMessage> enrol(MultivaluedMap<String, String> answer) {
        String code = answer.getFirst("totp");
        if (Validation.isBlank(code)) {
            return wrong(Validation.FIELD_OTP_CODE, Messages.MISSING_TOTP);
        }
        // The secret that the page showed, and no other: the form's own field is the browser's to change.
        String secret = login.getAuthNote(Constants.TOTP_SECRET_KEY);
        if (secret == null) {
            return wrong(Validation.FIELD_OTP_CODE, Messages.INVALID_TOTP);
        }
        OTPCredentialModel credential =
                OTPCredentialModel.createFromPolicy(realm, secret, answer.getFirst("userLabel"));
        try {
            boolean right = CredentialValidation.validOTP(
                            code, credential, realm.getOTPPolicy().getLookAheadWindow())
                    && CredentialHelper.createOTPCredential(session, realm, user, code, credential);
            return right ? Optional.empty() : wrong(Validation.FIELD_OTP_CODE, Messages.INVALID_TOTP);
        } catch (ModelDuplicateException label) {
            return wrong(Validation.FIELD_OTP_LABEL, label.getMessage());
        }
    }

    private Response page(LoginFormsProvider form, URI here, String mode) {
        Page totp = new Page(session, realm, user, here, login.getAuthNote(Constants.TOTP_SECRET_KEY));
        login.setAuthNote(Constants.TOTP_SECRET_KEY, totp.getTotpSecret());
        return form.setAttribute("totp", totp).setAttribute("mode", mode).createForm(TEMPLATE);
    }

    private String mode() {
        return session.getContext().getUri().getQueryParameters().getFirst("mode");
    }

    private static Optional<FormMessage> wrong(String field, String message) {
        return Optional.of(new FormMessage(field, message));
    }

    /** What the template shows. Keycloak's own links lead to its required action; these lead back here. */
    public static final class Page extends TotpBean {

        private final URI here;

        Page(KeycloakSession session, RealmModel realm, UserModel user, URI here, String secret) {
            super(session, realm, user, UriBuilder.fromUri(here), secret);
            this.here = here;
        }

        @Override
        public String getManualUrl() {
            return withMode("manual");
        }

        @Override
        public String getQrUrl() {
            return withMode("qr");
        }

        private String withMode(String mode) {
            return UriBuilder.fromUri(here)
                    .replaceQueryParam("session_code")
                    .replaceQueryParam("mode", mode)
                    .build()
                    .toString();
        }
    }
}
