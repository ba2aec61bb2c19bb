package keycloak2fa.realm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keycloak.models.OTPPolicy;

class OtpPoliciesTest {

    private static final OTPPolicy SUPPORTED = new OTPPolicy("totp", "HmacSHA1", 7, 6, 3, 30, true);

    @Test
    void thePolicyOfTheThreeAppsIsLeftAlone() {
        assertEquals(List.of(), OtpPolicies.changes(SUPPORTED));
    }

    @Test
    void eachOfTheFourValuesIsBroughtBack() {
        OTPPolicy other = new OTPPolicy("hotp", "HmacSHA256", 7, 8, 3, 60, true);

        assertEquals(
                List.of(
                        new Change("otpPolicyType", "hotp", "totp"),
                        new Change("otpPolicyAlgorithm", "HmacSHA256", "HmacSHA1"),
                        new Change("otpPolicyDigits", 8, 6),
                        new Change("otpPolicyPeriod", 60, 30)),
                OtpPolicies.changes(other));
        assertEquals(List.of(), OtpPolicies.changes(OtpPolicies.enforced(other)));
    }

    @Test
    void theOtherThreeStayAsTheRealmHasThem() {
        OTPPolicy enforced = OtpPolicies.enforced(new OTPPolicy("hotp", "HmacSHA1", 7, 6, 3, 30, true));

        assertEquals(7, enforced.getInitialCounter());
        assertEquals(3, enforced.getLookAheadWindow());
        assertEquals(true, enforced.isCodeReusable());
    }

    @Test
    void theAppsAreNamedInTheOrderOfTheSetUpPage() {
        assertEquals(
                List.of("Microsoft Authenticator", "FreeOTP", "Google Authenticator", "anotherApp"),
                OtpPolicies.names(Set.of(
                        "anotherApp", "totpAppGoogleName", "totpAppFreeOTPName", "totpAppMicrosoftAuthenticatorName")));
    }
}
