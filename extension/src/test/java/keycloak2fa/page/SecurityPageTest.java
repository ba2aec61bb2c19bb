package keycloak2fa.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityPageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain | plain",
                "<script>alert(1)</script> | &lt;script&gt;alert(1)&lt;/script&gt;",
                "a\" onload=\"x | a&quot; onload=&quot;x",
                "R&D | R&amp;D",
                "&lt; | &amp;lt;",
            })
    void aRealmsNameIsTextAndNothingElse(String name, String escaped) {
        assertEquals(escaped, SecurityPage.escaped(name));
    }
}
