package keycloak2fa.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import keycloak2fa.people.Counts;
import keycloak2fa.people.Counts.Counted;
import keycloak2fa.people.Population;

/**
 * A realm's figures at Keycloak's own metrics endpoint, where the server runs with {@code metrics-enabled}. They are those
 * of the last count that somebody asked for on this node, and the gauge beside them says when that was: to look at the
 * endpoint counts nobody. The names are those of {@code kc2fa status --format openmetrics}, and no label names a user.
 *
 * <p>Nothing else names this class, so that a Keycloak without Micrometer runs everything else.
 */
public final class Gauges implements Counts.Watcher {

    private final Map<String, Realm> realms = new ConcurrentHashMap<>();

    @Override
    public void counted(String realmId, String name, Counted figures) {
        realms.compute(realmId, (id, known) -> {
            if (known != null && known.name.equals(name)) {
                known.figures = figures;
                return known;
            }
            if (known != null) {
                known.remove();
            }
            return new Realm(name, figures);
        });
    }

    @Override
    public void removed(String realmId) {
        Realm known = realms.remove(realmId);
        if (known != null) {
            known.remove();
        }
    }

    private static final class Realm {

        private final String name;
        private final List<Meter> meters;
        private volatile Counted figures;

        Realm(String name, Counted figures) {
            this.name = name;
            this.figures = figures;
            this.meters = List.of(
                    users("enrolled", Population::enrolled),
                    users("pending", Population::asked),
                    users("uncovered", Population::uncovered),
                    users("exempt", Population::exempt),
                    Gauge.builder("kc2fa.users.counted.timestamp", this, realm -> realm.countedAt())
                            .description("When the users of the realm were last counted on this node.")
                            .baseUnit("seconds")
                            .tag("realm", name)
                            .register(Metrics.globalRegistry));
        }

        private Meter users(String standing, ToLongFunction<Population> figure) {
            return Gauge.builder("kc2fa.users", this, realm -> figure.applyAsLong(realm.figures.population()))
                    .description("Users of the realm, by where they stand with 2FA.")
                    .tag("realm", name)
                    .tag("standing", standing)
                    .register(Metrics.globalRegistry);
        }

        private double countedAt() {
            return Instant.parse(figures.at()).getEpochSecond();
        }

        void remove() {
            meters.forEach(Metrics.globalRegistry::remove);
        }
    }
}
