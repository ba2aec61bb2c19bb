package keycloak2fa.realm;

import java.util.List;
import java.util.Map;
import keycloak2fa.state.Mark;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.utils.ModelToRepresentation;
import org.keycloak.services.resources.admin.AdminEventBuilder;

/**
 * Keycloak's admin events for what the extension writes. Each belongs to the transaction that it tells of, so that
 * there is none without the write, and no write without one.
 */
public final class AdminEvents {

    private static final String MARKED = "TWO_FACTOR";

    private final AdminEventBuilder caller;

    public AdminEvents(AdminEventBuilder caller) {
        this.caller = caller;
    }

    public void claimed(KeycloakSession session, Mark mark) {
        send(session, OperationType.CREATE, ResourceType.REALM_ROLE.name(), mark, "roles", Mark.ROLE);
    }

    public void settled(KeycloakSession session, Mark mark) {
        send(session, OperationType.UPDATE, ResourceType.REALM_ROLE.name(), mark, "roles", Mark.ROLE);
    }

    void policyChanged(KeycloakSession session, List<Change> changes) {
        send(session, OperationType.UPDATE, ResourceType.REALM.name(), changes);
    }

    void actionRegistered(KeycloakSession session, RequiredActionProviderModel action) {
        send(session, OperationType.CREATE, action);
    }

    void actionChanged(KeycloakSession session, RequiredActionProviderModel action) {
        send(session, OperationType.UPDATE, action);
    }

    public void marked(KeycloakSession session, long people) {
        if (people > 0) {
            send(session, OperationType.ACTION, MARKED, Map.of("marked", people), "two-factor", "enforce");
        }
    }

    private void send(KeycloakSession session, OperationType operation, RequiredActionProviderModel action) {
        send(
                session,
                operation,
                ResourceType.REQUIRED_ACTION.name(),
                ModelToRepresentation.toRepresentation(action),
                "authentication",
                "required-actions",
                action.getAlias());
    }

    private void send(
            KeycloakSession session, OperationType operation, String type, Object representation, String... path) {
        caller.clone(session)
                .operation(operation)
                .resource(type)
                .resourcePath(path)
                .representation(representation)
                .success();
    }
}
