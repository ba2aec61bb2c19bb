package keycloak2fa.endpoints;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import keycloak2fa.about.Parts;
import keycloak2fa.enforcement.Consent;
import keycloak2fa.enforcement.Enforcement;
import keycloak2fa.enforcement.Refusal;
import keycloak2fa.enforcement.SingleRun;
import keycloak2fa.people.Counts;
import keycloak2fa.people.Described;
import keycloak2fa.people.Invitations;
import keycloak2fa.people.Outlook;
import keycloak2fa.people.Ways;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.realm.RealmSettings;
import keycloak2fa.run.Progress;
import keycloak2fa.server.Transactions;
import keycloak2fa.server.Waiting;
import keycloak2fa.state.Mark;
import keycloak2fa.verification.Findings;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** The Admin API's {@code /admin/realms/{realm}/two-factor}. Keycloak has checked the token, not what it may do. */
public final class TwoFactorResource {

    private static final String REPORT = "application/x-ndjson";

    /** Not Keycloak's own: that one leaves out what is null, and readers count on the names. */
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Flushed when its buffer is full: to send each line by itself costs both sides more than to write and read it. */
    private static final ObjectWriter LINES =
            JSON.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE).withRootValueSeparator("\n");

    private static final String ASYNC = "respond-async";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Caller caller;
    private final AdminEventBuilder event;
    private final Ways ways;
    private final Counts counts;
    private final Invitations invitations;
    private final Transactions transactions;

    TwoFactorResource(
            KeycloakSession session,
            RealmModel realm,
            AdminPermissionEvaluator caller,
            AdminEventBuilder event,
            Ways ways,
            Counts counts,
            Invitations invitations) {
        this.session = session;
        this.realm = realm;
        this.caller = new Caller(caller);
        this.event = event;
        this.ways = ways;
        this.counts = counts;
        this.invitations = invitations;
        this.transactions = new Transactions(session, realm);
    }

    /** The extension itself; counts nobody. Needs any role of an administrator of this realm. */
    @GET
    @Path("extension")
    @Produces(MediaType.APPLICATION_JSON)
    public String extension() throws JsonProcessingException {
        caller.requireAny();
        return JSON.writeValueAsString(Documents.extension(session.getKeycloakSessionFactory(), ways));
    }

    /** How far the run is that is under way, or null; counts nobody. Needs view-realm and view-users. */
    @GET
    @Path("progress")
    @Produces(MediaType.APPLICATION_JSON)
    public String progress() throws JsonProcessingException {
        caller.requireView();
        return JSON.writeValueAsString(Documents.progress(session, realm));
    }

    /** State, policy and figures. Needs view-realm and view-users. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public String status() throws JsonProcessingException {
        caller.requireView();
        boolean mayCount = caller.mayManageRealm();
        String name = realm.getName();
        endRequestsTransaction();
        BooleanSupplier wanted = Waiting.caller();
        boolean running = transactions.run(Progress::read) != null;
        Counts.Counted counted = counts.of(
                transactions.realmId(),
                name,
                running,
                () -> ways.people(transactions, wanted).population());
        return answer((work, theirs) ->
                Documents.status(work, theirs, ways, counted, pendingInvitations(mayCount, work, theirs)));
    }

    /** What enforcing would do. Needs view-realm and view-users. */
    @GET
    @Path("preview")
    @Produces(MediaType.APPLICATION_JSON)
    public String preview() throws JsonProcessingException {
        caller.requireView();
        boolean mayCount = caller.mayManageRealm();
        // A try writes, though it is rolled back: not for somebody who may only look.
        boolean mayTry = caller.has(AdminRoles.MANAGE_USERS);
        endRequestsTransaction();
        BooleanSupplier wanted = Waiting.caller();
        Outlook ahead = counts.inTurn(
                transactions.realmId(),
                wanted,
                () -> ways.people(transactions, wanted).lookAhead(Documents.NAMED_AT_MOST, mayTry));
        return answer(
                (work, theirs) -> Documents.preview(work, theirs, ahead, pendingInvitations(mayCount, work, theirs)));
    }

    /** Everybody, one JSON object a line or as CSV, streamed. Needs view-realm and view-users. */
    @GET
    @Path("report")
    @Produces({REPORT, Csv.TYPE})
    public Response report(@HeaderParam("Accept") String accepted) {
        caller.requireView();
        endRequestsTransaction();
        boolean csv = accepted != null && accepted.startsWith(Csv.TYPE);
        return Response.ok(csv ? csv() : lines(), csv ? Csv.TYPE + ";charset=utf-8" : REPORT)
                .build();
    }

    private StreamingOutput lines() {
        return out -> {
            // Never closed here: a report that breaks off must not end like a whole one.
            SequenceWriter writer = LINES.writeValues(out);
            everybody(writer::write);
            writer.flush();
            out.write('\n');
        };
    }

    private StreamingOutput csv() {
        return out -> {
            out.write(Csv.HEADER.getBytes(StandardCharsets.UTF_8));
            everybody(user -> out.write(Csv.line(user).getBytes(StandardCharsets.UTF_8)));
        };
    }

    /** What is done with each user of a report. */
    private interface Writer {
        void write(Described user) throws IOException;
    }

    private void everybody(Writer writer) throws IOException {
        try {
            ways.people(transactions, () -> true).forEach(user -> {
                try {
                    writer.write(user);
                } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                }
            });
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    /** Who calls, and the roles that they have in this realm. */
    @GET
    @Path("caller")
    @Produces(MediaType.APPLICATION_JSON)
    public String caller() throws JsonProcessingException {
        return JSON.writeValueAsString(Documents.caller(caller));
    }

    /** What a look at the realm finds. Needs view-realm and view-users. */
    @GET
    @Path("findings")
    @Produces(MediaType.APPLICATION_JSON)
    public String findings() throws JsonProcessingException {
        caller.requireView();
        String name = realm.getName();
        endRequestsTransaction();
        BooleanSupplier wanted = Waiting.caller();
        boolean running = transactions.run(Progress::read) != null;
        Counts.Counted counted = counts.of(
                transactions.realmId(),
                name,
                running,
                () -> ways.people(transactions, wanted).population());
        return answer((work, theirs) -> Documents.findings(Findings.of(
                work, theirs, counted.population().uncovered(), Parts.checkLogins(work.getKeycloakSessionFactory()))));
    }

    /** Users found, and what is done for one of them. */
    @Path("users")
    public UsersResource users() {
        return new UsersResource(session, realm, caller, new AdminEvents(event), ways);
    }

    /**
     * Enforces 2FA, or finishes, or mends what drifted. Needs manage-realm and manage-users.
     *
     * @param prefer {@code respond-async} (RFC 7240): answered with the run's id at once, while the run goes on
     */
    @POST
    @Path("enforce")
    @Produces(MediaType.APPLICATION_JSON)
    public Response enforce(@HeaderParam("Prefer") String prefer, InputStream body) throws IOException {
        caller.requireManage();
        Consent.require(body);
        requireTotp();
        String name = caller.username();
        endRequestsTransaction();
        Enforcement enforcement = new Enforcement(transactions, ways, new AdminEvents(event));
        SingleRun single = new SingleRun(transactions, enforcement, name, () -> counts.forget(transactions.realmId()));
        if (prefer != null && prefer.toLowerCase(Locale.ROOT).contains(ASYNC)) {
            Mark begun = single.begin(session);
            return Response.accepted(JSON.writeValueAsString(Documents.begun(realm, begun)))
                    .header("Preference-Applied", ASYNC)
                    .build();
        }
        Enforcement.Outcome done = single.run(session);
        // Who may enforce may see invitations.
        return Response.ok(answer((work, theirs) ->
                        Documents.enforcement(work, theirs, done, pendingInvitations(true, work, theirs))))
                .build();
    }

    private String answer(BiFunction<KeycloakSession, RealmModel, Map<String, Object>> document)
            throws JsonProcessingException {
        return JSON.writeValueAsString(transactions.run(document));
    }

    /**
     * Before whatever may take long: Keycloak breaks a request's transaction off after five minutes, and answers 500
     * however well the rest went. What follows runs in {@link Transactions}, one after the other, so that no request
     * holds two connections to the database.
     */
    private void endRequestsTransaction() {
        if (session.getTransactionManager().isActive()) {
            session.getTransactionManager().commit();
        }
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
}
