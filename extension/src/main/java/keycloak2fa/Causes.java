package keycloak2fa;

/** What really went wrong: the outer exceptions only say that something did. */
final class Causes {

    private Causes() {}

    static String innermost(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
