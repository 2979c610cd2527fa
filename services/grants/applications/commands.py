"""What may be asked of an application, and which of it each status allows. The body of a request is the command."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.grants.applications.committee import Ballot, Members
from services.grants.applications.state import (
    BusinessPlan,
    ExceptionReason,
    Holders,
    PlanNotes,
    Status,
    WaiverReason,
)
from services.grants.programmes.commands import CorrectionReason
from services.grants.programmes.money import Positive, Rate
from shared.codes import labelled
from shared.contracts.grants import Basis, EndReason, HoldReason, RejectionReason, RevisionReason, VoidReason
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C1, C3, Command, Correction, StatusTable, left_out


@labelled("relation_kind")
class StaffKind(StrEnum):
    """The parts that are given by name; committee members are named when the committee is seated."""

    GRANT = "GRANT"
    ASSESSOR = "ASSESSOR"
    DISBURSER = "DISBURSER"
    RECONCILER = "RECONCILER"


class DraftApplication(Command):
    """Begin to write down a plan with the applicant. A plan in another currency names the day's rate."""

    ref: Ref | None = None
    case_ref: CaseRef
    programme_ref: Ref
    holders: Holders
    plan: BusinessPlan
    rate: Rate | None = None
    notes: C3[PlanNotes | None] = None


class CorrectApplication(Correction):
    """Change the plan or its holders before it is handed in again."""

    reason: CorrectionReason
    holders: Holders = left_out()
    plan: BusinessPlan = left_out()
    rate: Rate | None = left_out()
    notes: C3[PlanNotes | None] = left_out()


class SubmitApplication(Command):
    """Hand the plan in."""


class AssignStaff(Command):
    """Give somebody a part in the application."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: StaffKind


class ReleaseStaff(Command):
    """End somebody's part in the application."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: StaffKind


class ExceptHolder(Command):
    """Agree, as supervisor or for social affairs, that a caregiver under suspicion may hold the grant."""

    reason: ExceptionReason


class CheckEligibility(Command):
    """State the entitlement the application stands on; without training, say why it is waived."""

    basis: Basis
    waiver: WaiverReason | None = None


class AssessApplication(Command):
    """Judge the plan, as somebody who did not prepare it."""

    recommended: bool


class SendToCommittee(Command):
    """Ask named people to decide."""

    members: Members
    chair: StaffRef


class CastVote(Command):
    """Vote under one's own identity, or leave the vote for a conflict of interest."""

    ballot: Ballot


class ApproveApplication(Command):
    """The chair records that the vote was carried, for at most what was asked."""

    amount: C1[Positive]


class RequestRevision(Command):
    """The chair records that the plan must be changed."""

    reason: RevisionReason


class RejectApplication(Command):
    """The chair records that the vote was lost."""

    reason: RejectionReason


class DeferApplication(Command):
    """The chair records that there is no money now for a plan that was carried."""


class SignAgreement(Command):
    """The agreement was read aloud, signed, and a copy left. It promises nothing back."""

    read_aloud: Annotated[bool, Field(strict=True)]
    copy_left: Annotated[bool, Field(strict=True)]


class SuspendApplication(Command):
    """Pay nothing until people have talked."""

    reason: HoldReason


class ResumeApplication(Command):
    """Let a suspended grant go on."""


class CompleteApplication(Command):
    """The business runs, or something better came."""


class TerminateApplication(Command):
    """End the grant early. Nothing is owed."""

    reason: EndReason


class CancelApplication(Command):
    """The applicant no longer wants it, before anything was handed over."""

    reason: EndReason


class VoidApplication(Command):
    """Take back an application entered in error, before anything was handed over."""

    reason: VoidReason


CommitteeCommand = (
    SendToCommittee | CastVote | ApproveApplication | RequestRevision | RejectApplication | DeferApplication
)
RunningCommand = (
    SignAgreement
    | SuspendApplication
    | ResumeApplication
    | CompleteApplication
    | TerminateApplication
    | CancelApplication
    | VoidApplication
)
LaterCommand = (
    CorrectApplication
    | SubmitApplication
    | AssignStaff
    | ReleaseStaff
    | ExceptHolder
    | CheckEligibility
    | AssessApplication
    | CommitteeCommand
    | RunningCommand
)
ApplicationCommand = DraftApplication | LaterCommand

Asked = frozenset[type[Command]]

STAFF = Asked({AssignStaff, ReleaseStaff})
LEAVING = Asked({CancelApplication, VoidApplication})
CONCLUDING = Asked({ApproveApplication, RequestRevision, RejectApplication, DeferApplication})
WRITING = Asked({CorrectApplication, SubmitApplication, ExceptHolder}) | STAFF | LEAVING

STATUSES = StatusTable(
    "application",
    opening=Asked({DraftApplication}),
    allowed={
        Status.DRAFT: WRITING,
        Status.SUBMITTED: Asked({CheckEligibility, ExceptHolder}) | STAFF | LEAVING,
        Status.ELIGIBILITY_CHECKED: Asked({AssessApplication}) | STAFF | LEAVING,
        Status.ASSESSED: Asked({SendToCommittee}) | STAFF | LEAVING,
        Status.COMMITTEE_REVIEW: Asked({CastVote, SendToCommittee}) | CONCLUDING | STAFF | LEAVING,
        Status.APPROVED: Asked({SignAgreement}) | STAFF | LEAVING,
        Status.REVISION_REQUESTED: WRITING,
        Status.REJECTED: Asked({VoidApplication}),
        Status.DEFERRED: Asked({SendToCommittee}) | STAFF | LEAVING,
        Status.AGREEMENT_SIGNED: Asked({SuspendApplication}) | STAFF | LEAVING,
        Status.DISBURSING: Asked({SuspendApplication, TerminateApplication}) | STAFF,
        Status.ACTIVE: Asked({SuspendApplication, TerminateApplication, CompleteApplication}) | STAFF,
        Status.SUSPENDED: Asked({ResumeApplication, TerminateApplication}) | STAFF,
        Status.COMPLETED: Asked(),
        Status.TERMINATED: Asked(),
        Status.CANCELLED: Asked({VoidApplication}),
        Status.VOIDED: Asked(),
    },
)

AT_ANY_TIME = Asked({CorrectApplication, AssignStaff, ReleaseStaff, ExceptHolder, VoidApplication})
"""What stands in no order with the steps of a grant: its day is not compared with theirs."""
