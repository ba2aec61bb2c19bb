package keycloak2fa.endpoints;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import keycloak2fa.accounts.Asked;
import keycloak2fa.accounts.ExemptionGiven;
import keycloak2fa.accounts.Reset;
import keycloak2fa.enforcement.Refusal;
import keycloak2fa.login.Factors;
import keycloak2fa.people.Ways;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.state.Exemption;
import keycloak2fa.state.Exemptions;
import keycloak2fa.state.Mark;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** {@code /admin/realms/{realm}/two-factor/users}: users found, and what is done for one of them. */
public final class UsersResource {

    /** Keycloak's own leaves out what is null, and readers count on the names. */
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Caller caller;
    private final AdminEvents events;
    private final Ways ways;

    UsersResource(KeycloakSession session, RealmModel realm, Caller caller, AdminEvents events, Ways ways) {
        this.session = session;
        this.realm = realm;
        this.caller = caller;
        this.events = events;
        this.ways = ways;
    }

    /**
     * A page of users, by username. Needs view-realm and view-users.
     *
     * @param text see {@link UserSearch.Wanted}
     * @param standing {@code enrolled}, {@code asked}, {@code uncovered}, or {@code exempt} for whoever has an exemption;
     *     empty for all
     * @param after the value "next" of the page before
     * @param max users of the page, up to 100
     */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public String users(
            @QueryParam("search") String text,
            @QueryParam("standing") String standing,
            @QueryParam("after") String after,
            @QueryParam("max") Integer max)
            throws JsonProcessingException {
        caller.requireView();
        return JSON.writeValueAsString(new FoundUsers(session, realm, ways).page(text, standing, after, max));
    }

    /** A lost device: {@code {"reason": …, "ticket": …}}, the ticket being optional. Needs to manage the user. */
    @POST
    @Path("{id}/reset")
    @Produces(MediaType.APPLICATION_JSON)
    public String reset(@PathParam("id") String id, InputStream body) throws IOException {
        UserModel user = managed(id);
        Map<String, String> said = Body.texts(body, Set.of("reason"), Set.of("ticket"));
        int removed = Reset.of(session, realm, user);
        events.reset(session, user, said.get("reason"), said.get("ticket"), removed);
        return JSON.writeValueAsString(Map.of("user_id", id, "removed", removed));
    }

    /** Exempts a user: {@code {"reason": …, "approver": …, "expires": "2026-12-31"}}. Needs manage-realm and manage-users. */
    @POST
    @Path("{id}/exemption")
    @Produces(MediaType.APPLICATION_JSON)
    public String exempt(@PathParam("id") String id, InputStream body) throws IOException {
        caller.requireManage();
        UserModel user = managed(id);
        Map<String, String> said = Body.texts(body, Set.of("reason", "approver", "expires"), Set.of());
        Exemption given = ExemptionGiven.to(
                user, said.get("reason"), said.get("approver"), said.get("expires"), caller.username());
        boolean renewed = Exemptions.keep(realm, given);
        boolean takenBack = !Factors.hasOtp(user) && Asked.takeBack(user);
        events.exempted(session, given, renewed);
        return JSON.writeValueAsString(Map.of("user_id", id, "set_up_taken_back", takenBack));
    }

    /** Ends a user's exemption. Needs manage-realm and manage-users. */
    @DELETE
    @Path("{id}/exemption")
    @Produces(MediaType.APPLICATION_JSON)
    public String endExemption(@PathParam("id") String id) throws JsonProcessingException {
        caller.requireManage();
        if (!Exemptions.end(realm, id)) {
            throw new NotFoundException();
        }
        events.exemptionEnded(session, id);
        // It can be ended also where the user is gone.
        UserModel user = session.users().getUserById(realm, id);
        boolean asked = user != null && Mark.read(realm).enforced() && !Factors.hasOtp(user) && Asked.ask(user);
        return JSON.writeValueAsString(Map.of("user_id", id, "asked", asked));
    }

    /** One user whom the caller may manage. Who may not is not told whether there is such a user. */
    private UserModel managed(String id) {
        UserModel user = session.users().getUserById(realm, id);
        caller.requireManage(user);
        if (user == null) {
            throw new NotFoundException();
        }
        if (user.getServiceAccountClientLink() != null) {
            throw Refusal.badRequest("service-account", "A service account has no second factor.");
        }
        return user;
    }
}
