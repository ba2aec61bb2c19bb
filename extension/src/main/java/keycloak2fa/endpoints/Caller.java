package keycloak2fa.endpoints;

import jakarta.ws.rs.ForbiddenException;
import java.util.Arrays;
import java.util.List;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.RealmManager;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** The administrator who calls, and what they may do. */
final class Caller {

    private final AdminPermissionEvaluator permissions;

    Caller(AdminPermissionEvaluator permissions) {
        this.permissions = permissions;
    }

    String username() {
        return permissions.adminAuth().getUser().getUsername();
    }

    /** The roles of an administrator that they have in this realm, by name. */
    List<String> roles() {
        return Arrays.stream(AdminRoles.ALL_REALM_ROLES)
                .filter(this::has)
                .sorted()
                .toList();
    }

    /** Whether they are an administrator of the server, who may see other realms too. */
    boolean isOfServer() {
        return RealmManager.isAdministrationRealm(permissions.adminAuth().getRealm());
    }

    /** Any role of an administrator of this realm. */
    void requireAny() {
        permissions.requireAnyAdminRole();
    }

    /**
     * To look at the realm and its users. The roles themselves: a fine-grained permission for all users is not enough, for
     * another one may deny some of them, and what needs this tells of all.
     */
    void requireView() {
        require(AdminRoles.VIEW_REALM, AdminRoles.MANAGE_REALM);
        require(AdminRoles.VIEW_USERS, AdminRoles.MANAGE_USERS);
    }

    /** To change the realm and its users. */
    void requireManage() {
        require(AdminRoles.MANAGE_REALM);
        require(AdminRoles.MANAGE_USERS);
    }

    /** To change one user: as in the Admin API, by role or by a fine-grained permission. Also for a user who is not there. */
    void requireManage(UserModel user) {
        if (user == null) {
            permissions.users().requireManage();
        } else {
            permissions.users().requireManage(user);
        }
    }

    boolean has(String role) {
        return permissions.hasOneAdminRole(role);
    }

    boolean mayManageRealm() {
        return permissions.realm().canManageRealm();
    }

    private void require(String... oneOf) {
        if (!permissions.hasOneAdminRole(oneOf)) {
            throw new ForbiddenException();
        }
    }
}
