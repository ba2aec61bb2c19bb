package keycloak2fa.state;

/** The required action that enforcing registers in a realm, as the realm has it. */
public final class GuardAction {

    /** Its alias, and the id of its provider. */
    public static final String ID = "two-factor-guard";

    public static final String NAME = "Two-factor guard";

    /** Before every other action: an action that adds a credential must not come before the factor was given. */
    public static final int PRIORITY = 0;

    private GuardAction() {}
}
