package keycloak2fa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.BiFunction;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.cluster.ExecutionResult;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** The Admin API's {@code /admin/realms/{realm}/two-factor}. Keycloak has checked the token, not what it may do. */
public final class TwoFactorResource {

    private static final String REPORT = "application/x-ndjson";

    /** Not Keycloak's own: that one leaves out what is null, and readers count on the names. */
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final ObjectWriter LINES = JSON.writer().withRootValueSeparator("\n");

    /** Seconds after which a run whose node vanished without a word no longer keeps others out. */
    private static final int LOCKED_AT_MOST = 3600;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator caller;
    private final AdminEventBuilder event;
    private final Ways ways;
    private final People people;
    private final Invitations invitations;
    private final Transactions transactions;

    TwoFactorResource(
            KeycloakSession session,
            RealmModel realm,
            AdminPermissionEvaluator caller,
            AdminEventBuilder event,
            Ways ways,
            People people,
            Invitations invitations) {
        this.session = session;
        this.realm = realm;
        this.caller = caller;
        this.event = event;
        this.ways = ways;
        this.people = people;
        this.invitations = invitations;
        this.transactions = new Transactions(session, realm);
    }

    /** The extension itself; counts nobody. Needs any role of an administrator of this realm. */
    @GET
    @Path("extension")
    @Produces(MediaType.APPLICATION_JSON)
    public String extension() throws JsonProcessingException {
        caller.requireAnyAdminRole();
        return JSON.writeValueAsString(Documents.extension(session.getKeycloakSessionFactory(), ways));
    }

    /** State, policy and figures. Needs view-realm and view-users. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public String status() throws JsonProcessingException {
        requireView();
        boolean counts = caller.realm().canManageRealm();
        return answer((work, theirs) ->
                Documents.status(work, theirs, people, pendingInvitations(counts, work, theirs)));
    }

    /** What enforcing would do. Needs view-realm and view-users. */
    @GET
    @Path("preview")
    @Produces(MediaType.APPLICATION_JSON)
    public String preview() throws JsonProcessingException {
        requireView();
        boolean counts = caller.realm().canManageRealm();
        return answer((work, theirs) ->
                Documents.preview(work, theirs, people, pendingInvitations(counts, work, theirs)));
    }

    /** Everybody, one JSON object a line, streamed. Needs view-realm and view-users. */
    @GET
    @Path("report")
    @Produces(REPORT)
    public Response report() {
        requireView();
        endRequestsTransaction();
        StreamingOutput lines = out -> {
            // Never closed here: a report that breaks off must not end like a whole one.
            SequenceWriter writer = LINES.writeValues(out);
            try {
                people.forEach(person -> write(writer, person));
                writer.flush();
                out.write('\n');
            } catch (UncheckedIOException gone) {
                throw gone.getCause();
            }
        };
        return Response.ok(lines, REPORT).build();
    }

    /** Enforces 2FA, or finishes, or mends what drifted. Needs manage-realm and manage-users. */
    @POST
    @Path("enforce")
    @Produces(MediaType.APPLICATION_JSON)
    public String enforce(InputStream body) throws IOException {
        caller.realm().requireManageRealm();
        caller.users().requireManage();
        Consent.require(body);
        requireTotp();
        String name = caller.adminAuth().getUser().getUsername();
        Enforcement enforcement = new Enforcement(transactions, people, new AdminEvents(event));
        endRequestsTransaction();
        ExecutionResult<Enforcement.Outcome> done = session.getProvider(ClusterProvider.class)
                .executeIfNotExecuted("two-factor-" + realm.getId(), LOCKED_AT_MOST, () -> enforcement.run(name));
        if (!done.isExecuted()) {
            throw Refusal.conflict("enforcing-already", "2FA is being enforced on this realm at this moment.");
        }
        // Who may enforce may see invitations.
        return answer((work, theirs) ->
                Documents.enforcement(work, theirs, done.getResult(), pendingInvitations(true, work, theirs)));
    }

    private String answer(BiFunction<KeycloakSession, RealmModel, Map<String, Object>> document)
            throws JsonProcessingException {
        endRequestsTransaction();
        return JSON.writeValueAsString(transactions.run(document));
    }

    /**
     * Before whatever may take long: Keycloak breaks a request's transaction off after five minutes, and answers 500
     * however well the rest went. What follows runs in {@link Transactions}.
     */
    private void endRequestsTransaction() {
        if (session.getTransactionManager().isActive()) {
            session.getTransactionManager().commit();
        }
    }

    private void requireView() {
        caller.realm().requireViewRealm();
        caller.users().requireView();
    }

    private void requireTotp() {
        if (session.getKeycloakSessionFactory().getProviderFactory(RequiredActionProvider.class, RealmSettings.TOTP)
                == null) {
            throw Refusal.badRequest(
                    "totp-provider-absent", "The server has no required action CONFIGURE_TOTP: nobody could enrol.");
        }
    }

    /** Null where the caller may not see them. */
    private Long pendingInvitations(boolean counts, KeycloakSession session, RealmModel realm) {
        return counts ? invitations.pending(session, realm) : null;
    }

    private static void write(SequenceWriter writer, Person person) {
        try {
            writer.write(person);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
