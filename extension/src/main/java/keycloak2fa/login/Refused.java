package keycloak2fa.login;

/** What users and clients are told when a login or a token is refused. */
public final class Refused {

    /** Keycloak's own words for a direct access grant while a required action is due. */
    public static final String NOT_SET_UP = "Account is not fully set up";

    static final String NOT_GIVEN = "No second factor was given in this session: log in again";

    static final String OTHER_FACTOR =
            "This login did not ask for your security key or recovery code. Log in another way, or ask your"
                    + " administrator.";

    static final String NO_FACTOR = "Your second factor is missing. Go back to the application and log in again.";

    static final String TEMPORARY_ACCOUNT =
            "This account is temporary and cannot have a second factor, which this realm demands. Ask your"
                    + " administrator.";

    private Refused() {}

    /** What a page says where a login can give no factor. */
    static String page(Need need) {
        return need == Need.IMPOSSIBLE ? TEMPORARY_ACCOUNT : OTHER_FACTOR;
    }
}
