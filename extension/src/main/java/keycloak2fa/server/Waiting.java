package keycloak2fa.server;

import java.util.function.BooleanSupplier;

/** Whether the caller of a request still waits for its answer. The server knows it; Keycloak has no name for it. */
public final class Waiting {

    private static final String REQUESTS = "org.jboss.resteasy.reactive.server.core.CurrentRequestManager";
    private static final String RESPONSE = "org.jboss.resteasy.reactive.server.spi.ServerHttpResponse";

    private Waiting() {}

    /** The caller is gone, so nobody wants to know the rest. */
    public static final class GoneException extends RuntimeException {

        public GoneException() {
            super("The caller is gone.");
        }
    }

    /** Of the request that is handled now, to be asked from any thread; always true where this server does not say. */
    public static BooleanSupplier caller() {
        try {
            Class<?> response = Class.forName(RESPONSE);
            Object request = Class.forName(REQUESTS).getMethod("get").invoke(null);
            Object current = request.getClass().getMethod("serverResponse").invoke(request);
            return () -> {
                try {
                    return !(Boolean) response.getMethod("closed").invoke(current);
                } catch (ReflectiveOperationException changed) {
                    return true;
                }
            };
        } catch (ReflectiveOperationException | RuntimeException changed) {
            return () -> true;
        }
    }
}
