package keycloak2fa.login;

import keycloak2fa.server.Linkage;
import org.keycloak.Config;
import org.keycloak.authentication.otp.OTPApplicationProvider;
import org.keycloak.authentication.otp.OTPApplicationProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OTPPolicy;
import org.keycloak.provider.EnvironmentDependentProviderFactory;

/**
 * An app at its place on the set-up page. What it is called and what it can do is Keycloak's to say. Keycloak collects its
 * providers in a hash set, so the order is that of their hash codes, which for Keycloak's own differ from one start of the
 * server to the next. Each takes the place of Keycloak's own by the same id and a higher order; where Keycloak's own is
 * gone, so is ours. Each is a class of its own file: nested ones name each other in their byte code, so that
 * {@link Linkage} would switch off all three.
 */
abstract class OtpApp
        implements OTPApplicationProvider, OTPApplicationProviderFactory, EnvironmentDependentProviderFactory {

    private final String id;
    private final int place;

    OtpApp(String id, int place) {
        this.id = id;
        this.place = place;
    }

    abstract OTPApplicationProvider keycloaks();

    @Override
    public final boolean isSupported(Config.Scope config) {
        return Linkage.works(getClass().getName());
    }

    @Override
    public final OTPApplicationProvider create(KeycloakSession session) {
        return this;
    }

    @Override
    public final String getId() {
        return id;
    }

    @Override
    public final String getName() {
        return keycloaks().getName();
    }

    @Override
    public final boolean supports(OTPPolicy policy) {
        return keycloaks().supports(policy);
    }

    @Override
    public final int order() {
        return 1;
    }

    @Override
    public final int hashCode() {
        return place;
    }

    @Override
    public final boolean equals(Object other) {
        return this == other;
    }

    @Override
    public final void close() {}
}
