package keycloak2fa.page;

import java.util.Set;
import java.util.stream.Stream;
import keycloak2fa.server.Transactions;
import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.common.util.Encode;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.mappers.SubMapper;
import org.keycloak.services.managers.RealmManager;

/**
 * The client by which administrators log in to the {@link SecurityPage} of a realm. Public, with PKCE; Keycloak answers it
 * at the page's own address alone, on the host where administrators are at home.
 *
 * <p>The realm master has it from the server's start, so that its administrators find the page among their clients.
 * Another realm has it once its page was opened, whoever opens it: nobody can log in before. Nothing of it comes from that
 * request, and an administrator must log in for it to be of any use.
 */
final class PageClient {

    static final String ID = "two-factor-security-page";

    private static final Logger LOG = Logger.getLogger(PageClient.class);

    /** What the page asks for; its tokens carry no other role of the administrator. */
    private static final Set<String> ROLES = Set.of(
            AdminRoles.VIEW_REALM,
            AdminRoles.MANAGE_REALM,
            AdminRoles.VIEW_USERS,
            AdminRoles.QUERY_USERS,
            AdminRoles.MANAGE_USERS,
            AdminRoles.VIEW_CLIENTS);

    private PageClient() {}

    /** The page's path below the server's base URL. */
    static String path(RealmModel realm) {
        return "/realms/" + Encode.encodePathAsIs(realm.getName()) + "/two-factor/";
    }

    /** For the administrators of the server. */
    static void registerForServer(KeycloakSession session) {
        RealmModel master = session.realms().getRealmByName(Config.getAdminRealm());
        if (master != null) {
            register(session, master);
        }
    }

    /** Sees to it that the realm has the client; an administrator who switched it off or changed it keeps that. */
    static void register(KeycloakSession session, RealmModel realm) {
        ClientModel found = realm.getClientByClientId(ID);
        if (found != null && path(realm).equals(found.getBaseUrl())) {
            return;
        }
        try {
            new Transactions(session, realm).run((own, same) -> {
                ClientModel client = same.getClientByClientId(ID);
                if (client == null) {
                    create(same);
                    LOG.infof("two-factor: registered the client %s in the realm %s", ID, same.getName());
                } else {
                    // The realm has another name now.
                    place(client, same);
                }
                return null;
            });
        } catch (RuntimeException fault) {
            // Another request, on another node, may have been faster; otherwise the login says what is missing.
            LOG.debugf(fault, "two-factor: the client of the Security page was not registered");
        }
    }

    private static void create(RealmModel realm) {
        ClientModel client = KeycloakModelUtils.createPublicClient(realm, ID);
        client.setName("Security page (2FA)");
        client.setDescription("Administrators log in to the Security page with it. Its home URL is that page.");
        client.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        client.setEnabled(true);
        client.setStandardFlowEnabled(true);
        client.setImplicitFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setServiceAccountsEnabled(false);
        client.setFullScopeAllowed(false);
        client.setAttribute(OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD, "S256");
        // Small however many realms there are: the server looks the roles up by itself.
        client.setAttribute(Constants.USE_LIGHTWEIGHT_ACCESS_TOKEN_ENABLED, "true");
        client.addProtocolMapper(SubMapper.create("sub", true, true));
        scope(realm).forEach(client::addScopeMapping);
        place(client, realm);
    }

    private static void place(ClientModel client, RealmModel realm) {
        // A name for the host, and not the host of this request, which anybody can make up.
        client.setRootUrl(Constants.AUTH_ADMIN_URL_PROP);
        client.setBaseUrl(path(realm));
        client.setRedirectUris(Set.of(path(realm)));
        client.setWebOrigins(Set.of());
    }

    private static Stream<RoleModel> scope(RealmModel realm) {
        if (RealmManager.isAdministrationRealm(realm)) {
            // It has those of every realm, also of one that is made later.
            return Stream.of(realm.getRole(AdminRoles.ADMIN));
        }
        return realm.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID)
                .getRolesStream()
                .filter(role -> ROLES.contains(role.getName()));
    }
}
