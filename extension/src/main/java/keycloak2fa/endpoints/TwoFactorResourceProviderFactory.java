package keycloak2fa.endpoints;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import keycloak2fa.about.Parts;
import keycloak2fa.about.Version;
import keycloak2fa.people.Counts;
import keycloak2fa.people.Invitations;
import keycloak2fa.people.Ways;
import keycloak2fa.server.Linkage;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ServerInfoAwareProviderFactory;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;

/**
 * Puts {@link TwoFactorResource} below {@code /admin/realms/{realm}/}, and says in the log and in Keycloak's server info
 * what of the extension runs here.
 */
public final class TwoFactorResourceProviderFactory
        implements AdminRealmResourceProviderFactory, ServerInfoAwareProviderFactory {

    private static final Logger LOG = Logger.getLogger(TwoFactorResourceProviderFactory.class);

    private static final String GAUGES = "keycloak2fa.metrics.Gauges";

    private final Ways ways = new Ways();
    private final Counts counts = new Counts(gauges());
    private final Invitations invitations = new Invitations();
    private KeycloakSessionFactory factory;
    private AdminRealmResourceProvider provider;

    /** Null, which Keycloak answers with 404, where the endpoints cannot run. */
    @Override
    public AdminRealmResourceProvider create(KeycloakSession session) {
        return provider;
    }

    @Override
    public String getId() {
        return "two-factor";
    }

    @Override
    public void init(Config.Scope config) {
        if (Linkage.works(getClass().getName())) {
            provider = new TwoFactorResourceProvider(ways, counts, invitations);
        }
    }

    @Override
    public void postInit(KeycloakSessionFactory sessions) {
        factory = sessions;
        Linkage.lacks(getClass().getName())
                .ifPresent(thing ->
                        LOG.warnf("two-factor: the endpoints are switched off: this Keycloak has no %s", thing));
        Parts.lacking().forEach(part -> LOG.warnf("two-factor: %s", part));
        if (provider == null) {
            return;
        }
        sessions.register(event -> {
            if (event instanceof PostMigrationEvent) {
                // Not before: only now the database is there.
                ways.check(sessions);
                invitations.check(sessions);
            } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
                counts.removed(removed.getRealm().getId());
            }
        });
    }

    /** By its name, so that everything else runs without Micrometer. */
    private static Counts.Watcher gauges() {
        try {
            return Linkage.works(GAUGES)
                    ? Class.forName(GAUGES)
                            .asSubclass(Counts.Watcher.class)
                            .getConstructor()
                            .newInstance()
                    : new Counts.Watcher() {};
        } catch (ReflectiveOperationException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /** What the admin console shows under Server info, Provider info. */
    @Override
    public Map<String, String> getOperationalInfo() {
        Map<String, String> info = new LinkedHashMap<>();
        info.put("version", Version.OF_JAR);
        // The console needs this answer: without the endpoints it names no class that may be gone.
        info.put("database", provider == null ? "" : Ways.database(factory).orElse(""));
        info.put("parts", String.join(", ", Parts.on(factory, ways.useStatements())));
        info.put(
                "off",
                Parts.off(factory, ways.useStatements()).entrySet().stream()
                        .map(part -> part.getKey() + " (" + part.getValue() + ")")
                        .collect(Collectors.joining(", ")));
        return info;
    }

    @Override
    public void close() {}
}
