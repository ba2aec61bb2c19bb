"""The library's results as the documents that others read (`keycloak_2fa.documents`)."""

from collections.abc import Iterable

from keycloak_2fa import timestamps
from keycloak_2fa.documents import (
    ChangeDocument,
    EnforcementDocument,
    EnforcementUsersDocument,
    ExemptionDocument,
    ExtensionDocument,
    FindingDocument,
    InvitationsDocument,
    OtpPolicyDocument,
    PopulationDocument,
    PreviewDocument,
    PreviewUsersDocument,
    ReconciliationDocument,
    RefusalDocument,
    StatusDocument,
    UserDocument,
)
from keycloak_2fa.enforcement.enforce import Outcome
from keycloak_2fa.enforcement.preview import Preview
from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.people import export
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.settings import Change, RealmSettings
from keycloak_2fa.verification.findings import Finding


def status(found: Status) -> StatusDocument:
    """Data of `kc2fa status`."""
    return StatusDocument(
        realm=found.realm.name,
        state=found.enforcement.state.value,
        message=found.enforcement.message,
        started_at=found.enforcement.started_at,
        enforced_at=found.enforcement.enforced_at,
        enforced_by=found.enforcement.enforced_by,
        run_id=found.enforcement.run_id,
        engine=found.engine,
        accepted=list(found.enforcement.accepted),
        otp_policy=otp_policy(found.realm),
        apps=list(found.realm.apps),
        extension=_extension(found.extension),
        users=users(found),
        service_accounts=found.people.service_accounts if found.people else None,
        exemptions=exemptions(found.exemptions),
        new_users_covered=found.realm.new_users_covered,
        invitations=InvitationsDocument(pending=found.pending_invitations),
        drift=changes(found.drift),
    )


def _extension(about: About | None) -> ExtensionDocument | None:
    if about is None:
        return None
    return ExtensionDocument(version=about.version, parts=list(about.parts), database=about.database)


def users(found: Status) -> PopulationDocument:
    """How many users stand where; where they were never counted only how many there are."""
    if found.counted is None:
        return PopulationDocument(
            total=found.total, enrolled=None, pending=None, uncovered=None, exempt=None, counted_at=None
        )
    people = found.counted.population
    return PopulationDocument(
        total=people.total,
        enrolled=people.enrolled,
        pending=people.pending,
        uncovered=people.uncovered,
        exempt=people.exempt,
        counted_at=found.counted.at,
    )


def reconciliation(found: Status) -> ReconciliationDocument:
    """Whether the rows of a report are all users."""
    people = found.people
    if people is None:
        raise ValueError("a report counts every user")
    population = people.population
    return ReconciliationDocument(
        counted_by_keycloak=people.counted,
        rows=population.total,
        enrolled=population.enrolled,
        asked=population.pending,
        exempt=population.exempt,
        uncovered=population.uncovered,
        difference=population.total - people.counted,
    )


def preview(found: Preview) -> PreviewDocument:
    """Data of `kc2fa preview`."""
    people = found.people.population
    return PreviewDocument(
        realm=found.realm.name,
        state=found.enforcement.state.value,
        run_id=found.enforcement.run_id,
        engine=found.engine,
        users=PreviewUsersDocument(
            total=people.total,
            enrolled=people.enrolled,
            to_mark=found.to_mark,
            already_marked=people.pending,
            exempt=people.exempt,
            failed=len(found.refused),
        ),
        groups=found.groups,
        people=[UserDocument.model_validate(export.row(each, Standing.UNCOVERED)) for each in found.named],
        people_omitted=found.to_mark - len(found.named),
        service_accounts=found.people.service_accounts,
        exemptions=exemptions(found.exemptions),
        invitations=InvitationsDocument(pending=found.pending_invitations),
        failures=refusals(found.refused),
        changes=changes(found.changes),
    )


def enforcement(done: Outcome) -> EnforcementDocument:
    """Data of `kc2fa enforce`."""
    swept, people = done.sweep, done.sweep.population
    return EnforcementDocument(
        realm=done.realm.name,
        state=done.enforcement.state.value,
        message=done.enforcement.message,
        run_id=done.enforcement.run_id,
        engine=done.engine,
        users=EnforcementUsersDocument(
            total=people.total,
            enrolled=people.enrolled,
            marked=swept.marked,
            already_marked=people.pending - swept.marked,
            exempt=people.exempt,
            failed=len(swept.refused),
        ),
        service_accounts=done.service_accounts,
        exemptions=exemptions(done.exemptions),
        invitations=InvitationsDocument(pending=done.pending_invitations),
        failures=refusals(swept.refused),
        passes=swept.passes,
        seconds=round(done.seconds, 3),
        changes=changes(done.changes),
    )


def changes(made: Iterable[Change]) -> list[ChangeDocument]:
    """Changes of settings."""
    return [ChangeDocument(setting=each.setting, before=each.before, after=each.after) for each in made]


def refusals(refused: Iterable[Refusal]) -> list[RefusalDocument]:
    """Users who cannot be marked."""
    return [
        RefusalDocument(user_id=each.user_id, username=each.username, reason=each.reason, fix=each.fix)
        for each in refused
    ]


def findings(found: Iterable[Finding]) -> list[FindingDocument]:
    """Findings of `verify`."""
    return [
        FindingDocument(
            id=each.id.value,
            severity=each.severity.value,
            title=each.title,
            where=each.where,
            why=each.why,
            fix=each.fix,
        )
        for each in found
    ]


def exemption(kept: Exemption) -> ExemptionDocument:
    """A break-glass account."""
    today = timestamps.today()
    return ExemptionDocument(
        user_id=kept.user_id,
        username=kept.username,
        reason=kept.reason,
        approver=kept.approver,
        expires=kept.expires.isoformat(),
        created_at=kept.created_at,
        created_by=kept.created_by,
        expired=kept.expired(today),
        accounted=kept.accounted(today),
    )


def exemptions(kept: Iterable[Exemption]) -> list[ExemptionDocument]:
    """Break-glass accounts."""
    return [exemption(each) for each in kept]


def otp_policy(realm: RealmSettings) -> OtpPolicyDocument:
    """The OTP policy."""
    policy = realm.policy
    return OtpPolicyDocument(
        type=policy.type,
        algorithm=policy.algorithm,
        digits=policy.digits,
        period=policy.period,
        compatible=policy.compatible,
    )
