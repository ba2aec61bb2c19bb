package keycloak2fa.people;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.keycloak.connections.jpa.JpaConnectionProviderFactory;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ServerInfoAwareProviderFactory;

class WaysTest {

    /** A server whose provider of connections to the database tells this of itself. */
    private static KeycloakSessionFactory telling(Supplier<Map<String, String>> info) {
        return server(of(
                (proxy, method, arguments) -> info.get(),
                JpaConnectionProviderFactory.class,
                ServerInfoAwareProviderFactory.class));
    }

    private static KeycloakSessionFactory server(Object connections) {
        return (KeycloakSessionFactory) of((proxy, method, arguments) -> connections, KeycloakSessionFactory.class);
    }

    private static Object of(InvocationHandler handler, Class<?>... kinds) {
        return Proxy.newProxyInstance(WaysTest.class.getClassLoader(), kinds, handler);
    }

    @Test
    void theDatabaseIsWhatKeycloakSaysOfIt() {
        assertEquals(
                Optional.of("PostgreSQL 15.8"),
                Ways.database(telling(() -> Map.of("databaseProduct", "PostgreSQL 15.8"))));
    }

    @Test
    void itIsUnknownWhereKeycloakDoesNotSay() {
        assertEquals(Optional.empty(), Ways.database(telling(Map::of)));
        assertEquals(Optional.empty(), Ways.database(telling(() -> null)));
        assertEquals(Optional.empty(), Ways.database(server(null)));
    }

    @Test
    void aFaultThereStopsNothing() {
        assertEquals(Optional.empty(), Ways.database(telling(() -> {
            throw new IllegalStateException("no connection");
        })));
    }
}
