package keycloak2fa.realm;

import java.util.List;
import java.util.Map;
import keycloak2fa.state.Exemption;
import keycloak2fa.state.Exemptions;
import keycloak2fa.state.Mark;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel;
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

    /** Why and by which ticket, also where the realm keeps no representations. */
    public void reset(KeycloakSession session, UserModel user, String reason, String ticket, int removed) {
        Map<String, Object> told = Map.of("reason", reason, "ticket", ticket, "removed", removed);
        of(session, OperationType.ACTION, ResourceType.USER.name(), "users", user.getId(), "two-factor-reset")
                .detail("username", user.getUsername())
                .detail("reason", reason)
                .detail("ticket", ticket)
                .representation(told)
                .success();
    }

    public void exempted(KeycloakSession session, Exemption given, boolean renewed) {
        of(
                        session,
                        renewed ? OperationType.UPDATE : OperationType.CREATE,
                        ResourceType.REALM_ROLE.name(),
                        "roles",
                        Exemptions.role(given.userId()))
                .detail("username", given.username())
                .detail("reason", given.reason())
                .detail("approver", given.approver())
                .detail("expires", given.expires().toString())
                .success();
    }

    public void exemptionEnded(KeycloakSession session, String userId) {
        of(session, OperationType.DELETE, ResourceType.REALM_ROLE.name(), "roles", Exemptions.role(userId))
                .success();
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
        of(session, operation, type, path).representation(representation).success();
    }

    private AdminEventBuilder of(KeycloakSession session, OperationType operation, String type, String... path) {
        return caller.clone(session).operation(operation).resource(type).resourcePath(path);
    }
}
