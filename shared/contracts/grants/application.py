"""An application on its way from the first draft to its end."""

from typing import ClassVar

from shared.contracts.grants.terms import (
    Activity,
    Basis,
    Currency,
    EndReason,
    HoldReason,
    RejectionReason,
    RevisionReason,
    Training,
    VoidReason,
)
from shared.contracts.leaves import Assigned, Count, Day, MoneyBand, Released
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.model import Event


class ApplicationFact(Event):
    """Something about one application for a small-business grant."""

    case_ref: CaseRef
    application_ref: Ref
    programme_ref: Ref


class AmountFact(ApplicationFact):
    """A fact of an application that says roughly how much."""

    money_band: MoneyBand
    currency: Currency


class ApplicationDrafted(AmountFact):
    """Somebody began to write down a business plan with the applicant."""

    type: ClassVar[str] = "grants.application.drafted.v1"
    household_ref: HouseholdRef | None
    activity: Activity


class ApplicationSubmitted(AmountFact):
    """The plan was handed in."""

    type: ClassVar[str] = "grants.application.submitted.v1"
    activity: Activity
    day: Day


class ApplicationAssigned(Assigned):
    """Somebody now has a part in the application."""

    type: ClassVar[str] = "grants.application.assigned.v1"
    case_ref: CaseRef
    application_ref: Ref


class ApplicationReleased(Released):
    """Somebody no longer has a part in the application."""

    type: ClassVar[str] = "grants.application.released.v1"
    case_ref: CaseRef
    application_ref: Ref


class ApplicationHolderExcepted(ApplicationFact):
    """One of the two needed people agreed that a caregiver under suspicion may hold the grant."""

    type: ClassVar[str] = "grants.application.holder_excepted.v1"
    signatures: Count


class ApplicationEligibilityChecked(ApplicationFact):
    """The applicant may receive a grant, and the gate of training is passed."""

    type: ClassVar[str] = "grants.application.eligibility_checked.v1"
    basis: Basis
    training: Training


class ApplicationAssessed(ApplicationFact):
    """Somebody other than the preparer assessed the plan."""

    type: ClassVar[str] = "grants.application.assessed.v1"
    recommended: bool
    day: Day


class ApplicationSentToCommittee(ApplicationFact):
    """The named people are asked to decide."""

    type: ClassVar[str] = "grants.application.sent_to_committee.v1"
    members: Count


class ApplicationVoted(ApplicationFact):
    """A member of the committee voted, or left the vote for a declared conflict of interest."""

    type: ClassVar[str] = "grants.application.voted.v1"
    heard: Count
    members: Count


class ApplicationApproved(AmountFact):
    """The grant was approved and its money reserved."""

    type: ClassVar[str] = "grants.application.approved.v1"
    day: Day


class ApplicationRevisionRequested(ApplicationFact):
    """The plan goes back to be changed."""

    type: ClassVar[str] = "grants.application.revision_requested.v1"
    reason: RevisionReason


class ApplicationRejected(ApplicationFact):
    """The grant was not approved."""

    type: ClassVar[str] = "grants.application.rejected.v1"
    reason: RejectionReason


class ApplicationDeferred(ApplicationFact):
    """The plan is good but there is no money for it now."""

    type: ClassVar[str] = "grants.application.deferred.v1"


class ApplicationAgreementSigned(AmountFact):
    """The agreement was read aloud and signed, and the money committed."""

    type: ClassVar[str] = "grants.application.agreement_signed.v1"
    day: Day


class ApplicationDisbursing(ApplicationFact):
    """The first instalment was handed over."""

    type: ClassVar[str] = "grants.application.disbursing.v1"
    day: Day


class ApplicationActive(ApplicationFact):
    """All instalments were handed over."""

    type: ClassVar[str] = "grants.application.active.v1"
    day: Day


class ApplicationSuspended(ApplicationFact):
    """Nothing is paid until people have talked; support comes first."""

    type: ClassVar[str] = "grants.application.suspended.v1"
    reason: HoldReason


class ApplicationResumed(ApplicationFact):
    """A suspended grant goes on."""

    type: ClassVar[str] = "grants.application.resumed.v1"


class ApplicationCompleted(ApplicationFact):
    """The business runs, or something better came, and every payment is reconciled."""

    type: ClassVar[str] = "grants.application.completed.v1"
    day: Day


class ApplicationTerminated(ApplicationFact):
    """The grant ended early. Nothing is owed."""

    type: ClassVar[str] = "grants.application.terminated.v1"
    reason: EndReason
    day: Day


class ApplicationCancelled(ApplicationFact):
    """The applicant no longer wants the grant, before anything was handed over."""

    type: ClassVar[str] = "grants.application.cancelled.v1"
    reason: EndReason


class ApplicationCorrected(AmountFact):
    """The plan was changed before it was handed in again."""

    type: ClassVar[str] = "grants.application.corrected.v1"
    activity: Activity


class ApplicationVoided(ApplicationFact):
    """The application was entered in error."""

    type: ClassVar[str] = "grants.application.voided.v1"
    reason: VoidReason
