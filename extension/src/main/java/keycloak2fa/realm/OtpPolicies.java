package keycloak2fa.realm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.authentication.otp.OTPApplicationProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OTPPolicy;

/** The OTP policy that the three apps support (RFC 6238: TOTP, SHA1, 6 digits, 30 s), and the apps a policy suits. */
public final class OtpPolicies {

    private static final String TYPE = "totp";
    private static final String ALGORITHM = "HmacSHA1";
    private static final int DIGITS = 6;
    private static final int PERIOD_SECONDS = 30;

    /** Keycloak's message keys for the three apps and their names, in the order people are shown. */
    private static final Map<String, String> APPS = new LinkedHashMap<>();

    static {
        APPS.put("totpAppMicrosoftAuthenticatorName", "Microsoft Authenticator");
        APPS.put("totpAppFreeOTPName", "FreeOTP");
        APPS.put("totpAppGoogleName", "Google Authenticator");
    }

    private OtpPolicies() {}

    /** What enforcement changes: these four values; the other three stay as the realm has them. */
    public static List<Change> changes(OTPPolicy policy) {
        return Stream.of(
                        new Change("otpPolicyType", policy.getType(), TYPE),
                        new Change("otpPolicyAlgorithm", policy.getAlgorithm(), ALGORITHM),
                        new Change("otpPolicyDigits", policy.getDigits(), DIGITS),
                        new Change("otpPolicyPeriod", policy.getPeriod(), PERIOD_SECONDS))
                .filter(change -> !change.after().equals(change.before()))
                .toList();
    }

    /** The policy that enforcement brings a realm to. */
    static OTPPolicy enforced(OTPPolicy policy) {
        return new OTPPolicy(
                TYPE,
                ALGORITHM,
                policy.getInitialCounter(),
                DIGITS,
                policy.getLookAheadWindow(),
                PERIOD_SECONDS,
                policy.isCodeReusable());
    }

    /** Names of the apps that the set-up page lists under a policy, in a fixed order. */
    public static List<String> apps(KeycloakSession session, OTPPolicy policy) {
        return names(session.getAllProviders(OTPApplicationProvider.class).stream()
                .filter(app -> app.supports(policy))
                .map(OTPApplicationProvider::getName)
                .collect(Collectors.toSet()));
    }

    /** The same by Keycloak's message keys; an app that is none of the three keeps its key, and comes last. Pure. */
    static List<String> names(Set<String> keys) {
        Set<String> listed = new TreeSet<>(keys);
        Stream<String> known = APPS.entrySet().stream()
                .filter(app -> listed.contains(app.getKey()))
                .map(Map.Entry::getValue);
        return Stream.concat(known, listed.stream().filter(key -> !APPS.containsKey(key)))
                .toList();
    }
}
