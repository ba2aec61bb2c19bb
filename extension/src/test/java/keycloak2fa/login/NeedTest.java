package keycloak2fa.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class NeedTest {

    @ParameterizedTest(name = "OTP {0}, another factor {1}, given {2}: {3}")
    @CsvSource({
        "false, false, false, SET_UP",
        // What was given and then removed is no factor any more.
        "false, false, true,  SET_UP",
        "true,  false, false, CODE",
        "true,  true,  false, CODE",
        "true,  false, true,  NOTHING",
        "true,  true,  true,  NOTHING",
        "false, true,  false, OTHER",
        "false, true,  true,  NOTHING",
    })
    void aLoginLacksTheFactorThatItsUserHas(boolean otp, boolean other, boolean given, Need lacks) {
        assertEquals(lacks, Need.of(otp, other, given));
    }

    @ParameterizedTest
    @EnumSource(Need.class)
    void aLinkThatRegistersNothingNeedsNoFactor(Need need) {
        assertEquals(Need.NOTHING, Need.ofLink(need, Stream.of("UPDATE_PASSWORD", "VERIFY_EMAIL")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONFIGURE_TOTP",
                "CONFIGURE_RECOVERY_AUTHN_CODES",
                "webauthn-register",
                "webauthn-register-passwordless"
            })
    void aLinkThatWouldAddACredentialNeedsTheOldOne(String registration) {
        assertEquals(Need.CODE, Need.ofLink(Need.CODE, Stream.of("UPDATE_PASSWORD", registration)));
    }

    @ParameterizedTest
    @EnumSource(value = Need.class, mode = Mode.EXCLUDE, names = "SET_UP")
    void aLinkThatRegistersNeedsWhatTheLoginNeeds(Need need) {
        assertEquals(need, Need.ofLink(need, Stream.of("CONFIGURE_TOTP")));
    }

    @Test
    void aLinkToSetUpIsOpenToAUserWithoutAFactor() {
        assertEquals(Need.NOTHING, Need.ofLink(Need.SET_UP, Stream.of("CONFIGURE_TOTP")));
    }
}
