package keycloak2fa.endpoints;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import keycloak2fa.about.Parts;
import keycloak2fa.about.Version;
import keycloak2fa.enforcement.Enforcement;
import keycloak2fa.people.Counts;
import keycloak2fa.people.Outlook;
import keycloak2fa.people.Population;
import keycloak2fa.people.Ways;
import keycloak2fa.realm.OtpPolicies;
import keycloak2fa.realm.RealmSettings;
import keycloak2fa.run.Progress;
import keycloak2fa.state.Exemption;
import keycloak2fa.state.Exemptions;
import keycloak2fa.state.Mark;
import keycloak2fa.state.State;
import keycloak2fa.verification.Findings;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.OTPPolicy;
import org.keycloak.models.RealmModel;

/** The answers as JSON, with the names that {@code kc2fa --json} uses, in its order. */
final class Documents {

    /** People whom a preview names; the report has everybody. */
    static final int NAMED_AT_MOST = 100;

    private Documents() {}

    static Map<String, Object> extension(KeycloakSessionFactory factory, Ways ways) {
        Map<String, Object> data = about(factory, ways);
        data.put("off", Parts.off(factory, ways.useStatements()));
        return data;
    }

    private static Map<String, Object> about(KeycloakSessionFactory factory, Ways ways) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("version", Version.OF_JAR);
        data.put("parts", Parts.on(factory, ways.useStatements()));
        data.put("database", Ways.database(factory).orElse(null));
        return data;
    }

    static Map<String, Object> status(
            KeycloakSession session, RealmModel realm, Ways ways, Counts.Counted counted, Long pendingInvitations) {
        Mark mark = Mark.read(realm);
        Population population = counted.population();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("realm", realm.getName());
        data.put("state", mark.state());
        data.put("message", mark.message());
        data.put("started_at", mark.startedAt());
        data.put("enforced_at", mark.enforcedAt());
        data.put("enforced_by", mark.enforcedBy());
        data.put("run_id", mark.runId());
        data.put("engine", engine(mark));
        data.put("accepted", mark.accepted());
        data.put("otp_policy", policy(realm.getOTPPolicy()));
        data.put("apps", OtpPolicies.apps(session, realm.getOTPPolicy()));
        data.put("extension", about(session.getKeycloakSessionFactory(), ways));
        Map<String, Object> users = new LinkedHashMap<>();
        users.put("total", population.total());
        users.put("enrolled", population.enrolled());
        users.put("pending", population.asked());
        users.put("uncovered", population.uncovered());
        users.put("exempt", population.exempt());
        users.put("counted_at", counted.at());
        data.put("users", users);
        data.put("progress", mark.state() == State.ENFORCING ? progress(session, realm, population) : null);
        data.put("silent_storages", population.silent());
        data.put("service_accounts", population.serviceAccounts());
        data.put("exemptions", exemptions(session, realm));
        data.put("new_users_covered", RealmSettings.coversNewUsers(realm));
        data.put("invitations", invitations(pendingInvitations));
        data.put("drift", mark.enforced() ? RealmSettings.drift(realm, mark) : List.of());
        return data;
    }

    static Map<String, Object> preview(
            KeycloakSession session, RealmModel realm, Outlook ahead, Long pendingInvitations) {
        Mark mark = Mark.read(realm);
        Population population = ahead.people();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("realm", realm.getName());
        data.put("state", mark.state());
        data.put("run_id", mark.runId());
        data.put("engine", engine(mark));
        Map<String, Object> users = new LinkedHashMap<>();
        users.put("total", population.total());
        users.put("enrolled", population.enrolled());
        users.put("to_mark", ahead.toMark());
        users.put("already_marked", population.asked());
        users.put("exempt", population.exempt());
        users.put("failed", ahead.failures().size());
        data.put("users", users);
        data.put("groups", ahead.groups());
        data.put("people", ahead.named());
        data.put("people_omitted", ahead.toMark() - ahead.named().size());
        data.put("service_accounts", population.serviceAccounts());
        data.put("exemptions", exemptions(session, realm));
        data.put("invitations", invitations(pendingInvitations));
        data.put("failures", ahead.failures());
        data.put("silent_storages", population.silent());
        data.put("changes", RealmSettings.changes(realm));
        return data;
    }

    static Map<String, Object> enforcement(
            KeycloakSession session, RealmModel realm, Enforcement.Outcome done, Long pendingInvitations) {
        Population population = done.people();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("realm", realm.getName());
        data.put("state", done.mark().state());
        data.put("message", done.mark().message());
        data.put("run_id", done.mark().runId());
        data.put("engine", engine(done.mark()));
        Map<String, Object> users = new LinkedHashMap<>();
        users.put("total", population.total());
        users.put("enrolled", population.enrolled());
        users.put("marked", done.marked());
        users.put("already_marked", population.asked() - done.marked());
        users.put("exempt", population.exempt());
        users.put("failed", population.uncovered());
        data.put("users", users);
        data.put("service_accounts", population.serviceAccounts());
        data.put("exemptions", exemptions(session, realm));
        data.put("invitations", invitations(pendingInvitations));
        data.put("failures", done.failures());
        data.put("silent_storages", population.silent());
        data.put("passes", done.passes());
        data.put("seconds", Math.round(done.seconds() * 1000) / 1000.0);
        data.put("changes", done.changes());
        return data;
    }

    static Map<String, Object> caller(Caller caller) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("username", caller.username());
        data.put("roles", caller.roles());
        data.put("other_realms", caller.isOfServer());
        return data;
    }

    static Map<String, Object> findings(Findings.Found found) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("findings", found.findings());
        data.put("held", found.held());
        data.put("checked", Findings.CHECKED);
        return data;
    }

    /** A run that was begun, and goes on after this answer. */
    static Map<String, Object> begun(RealmModel realm, Mark mark) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("realm", realm.getName());
        data.put("state", mark.state());
        data.put("message", mark.message());
        data.put("run_id", mark.runId());
        return data;
    }

    /** Of the run that is under way, else of what is left to do. */
    private static Map<String, Object> progress(KeycloakSession session, RealmModel realm, Population population) {
        Map<String, Object> running = progress(session, realm);
        return running != null
                ? running
                : progress(new Progress(population.total() - population.uncovered(), population.total()));
    }

    /** Of the run that is under way; null where there is none. */
    static Map<String, Object> progress(KeycloakSession session, RealmModel realm) {
        Progress running = Progress.read(session, realm);
        return running == null ? null : progress(running);
    }

    private static Map<String, Object> progress(Progress progress) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("done", progress.done());
        data.put("total", progress.total());
        return data;
    }

    /** What marked the users, or would. */
    private static String engine(Mark mark) {
        return mark.engine() == null ? Mark.ENGINE : mark.engine();
    }

    private static Map<String, Object> policy(OTPPolicy policy) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("type", policy.getType());
        data.put("algorithm", policy.getAlgorithm());
        data.put("digits", policy.getDigits());
        data.put("period", policy.getPeriod());
        data.put("compatible", OtpPolicies.changes(policy).isEmpty());
        return data;
    }

    private static List<Map<String, Object>> exemptions(KeycloakSession session, RealmModel realm) {
        LocalDate today = Exemptions.today();
        return Exemptions.every(session, realm).stream()
                .map(exemption -> exemption(exemption, today))
                .toList();
    }

    static Map<String, Object> exemption(Exemption exemption, LocalDate today) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("user_id", exemption.userId());
        data.put("username", exemption.username());
        data.put("reason", exemption.reason());
        data.put("approver", exemption.approver());
        data.put("expires", exemption.expires().toString());
        data.put("created_at", exemption.createdAt());
        data.put("created_by", exemption.createdBy());
        data.put("expired", exemption.expired(today));
        data.put("accounted", exemption.accounted(today));
        return data;
    }

    private static Map<String, Object> invitations(Long pending) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("pending", pending);
        return data;
    }
}
