package keycloak2fa.server;

/** What really went wrong: the outer exceptions only say that something did. */
public final class Causes {

    private Causes() {}

    public static String innermost(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
