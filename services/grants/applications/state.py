"""What is kept of an application and its business plan, and the facts around it that rules ask for.

Amounts and codes of a plan stand in clear, since a budget must still add up after an erasure; what the applicant told
in their own words is sealed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.grants.applications.committee import Committee
from services.grants.applications.duties import Act, Hands, Part
from services.grants.programmes.money import Amount, Conversion, Positive
from services.grants.programmes.state import Programme, ServiceCode
from shared.codes import CodeOf, labelled
from shared.contracts.grants import Activity, Basis, Currency, Training
from shared.contracts.leaves import Count, Day, RelationKind
from shared.ids import CaseRef, HouseholdRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, C3, Given, Model, Narrative

WaiverReason = Annotated[str, CodeOf("grant_waiver_reason")]
ExceptionReason = Annotated[str, CodeOf("grant_exception_reason")]
Holders = Annotated[tuple[PersonRef, ...], Field(min_length=1, max_length=6)]


CostKind = Annotated[str, CodeOf("grant_cost_kind")]
Risk = Annotated[str, CodeOf("grant_risk")]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")]
"""A code of either country's gazetteer; leading zeros count."""

CalendarMonth = Annotated[int, Field(strict=True, ge=1, le=12)]


@labelled("plan_form")
class PlanForm(StrEnum):
    """A plan may be told instead of written."""

    WRITTEN = "WRITTEN"
    RECORDED = "RECORDED"
    PICTURES = "PICTURES"


class Cost(Given):
    """Something to be bought with the grant."""

    kind: C0[CostKind]
    amount: C1[Positive]


class BusinessPlan(Given):
    """What the applicant means to do. Own work counts as a contribution."""

    form: C0[PlanForm]
    activity: C0[Activity]
    place: C1[PlaceCode]
    currency: C0[Currency]
    costs: C1[Annotated[tuple[Cost, ...], Field(min_length=1, max_length=60)]]
    sales_per_month: C1[Amount]
    good_months: C0[Annotated[tuple[CalendarMonth, ...], Field(max_length=12)]] = ()
    own_contribution: C1[Amount] = 0
    own_work_days: C0[Count] = 0
    risks: C0[Annotated[tuple[Risk, ...], Field(max_length=20)]] = ()
    without_child_labour: C0[bool]

    @property
    def cost(self) -> int:
        """What the grant is asked to pay, in the plan's currency."""
        return sum(cost.amount for cost in self.costs)


class PlanNotes(Given):
    """The plan in the applicant's words: how they will work, who supplies them, what they fear."""

    words: C3[Narrative]


@labelled("application_status")
class Status(StrEnum):
    """How far an application or the grant that came of it is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBILITY_CHECKED = "eligibility_checked"
    ASSESSED = "assessed"
    COMMITTEE_REVIEW = "committee_review"
    APPROVED = "approved"
    REVISION_REQUESTED = "revision_requested"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    AGREEMENT_SIGNED = "agreement_signed"
    DISBURSING = "disbursing"
    ACTIVE = "active"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    VOIDED = "voided"


OVER = frozenset({Status.REJECTED, Status.COMPLETED, Status.TERMINATED, Status.CANCELLED, Status.VOIDED})
"""Statuses in which nobody has a duty any more."""
RUNNING = frozenset({Status.APPROVED, Status.AGREEMENT_SIGNED, Status.DISBURSING, Status.ACTIVE, Status.SUSPENDED})
"""Statuses that count as the household's one active grant."""


@labelled("signatory")
class Signatory(StrEnum):
    """The two whose agreement lets a caregiver under suspicion hold a grant."""

    SUPERVISOR = "SUPERVISOR"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"


class HolderException(Model):
    """One of the two agreed, for a reason."""

    staff_ref: C0[StaffRef]
    signatory: C0[Signatory]
    reason: C0[ExceptionReason]


class Assignment(Model):
    """Somebody has a part in the application."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    kind: C0[RelationKind]


class Application(Model):
    """One application for one grant of one household."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    programme_ref: C0[Ref]
    household_ref: C0[HouseholdRef | None] = None
    holders: C0[Holders]
    plan: C1[BusinessPlan]
    requested: C1[Amount]
    conversion: C1[Conversion | None] = None
    preparers: C0[tuple[StaffRef, ...]]
    assigned: C0[tuple[Assignment, ...]] = ()
    exceptions: C0[tuple[HolderException, ...]] = ()
    basis: C0[Basis | None] = None
    training: C0[Training | None] = None
    waiver: C0[WaiverReason | None] = None
    assessors: C0[tuple[StaffRef, ...]] = ()
    recommended: C0[bool | None] = None
    committee: C0[Committee | None] = None
    approvers: C0[tuple[StaffRef, ...]] = ()
    approved: C1[Amount | None] = None
    signed_on: C0[Day | None] = None
    suspended_from: C0[Status | None] = None
    stands_since: C0[Day | None] = None
    last: C1[Act]

    @property
    def hands(self) -> Hands:
        """Who prepared, assessed and approved so far."""
        return {Part.PREPARER: self.preparers, Part.ASSESSOR: self.assessors, Part.APPROVER: self.approvers}

    @property
    def deserted(self) -> bool:
        """Whether it goes on, and nobody has a duty in it."""
        return self.status not in OVER and not self.assigned

    @property
    def granted(self) -> int:
        """The approved amount; nothing before the approval."""
        return self.approved or 0


@dataclass(frozen=True)
class Standing:
    """What is known of the case from the other services: codes and refs, never a finding."""

    open: bool = True
    missing: bool = False
    consented: bool = True
    planned: bool = True
    entitlements: frozenset[str] = frozenset()
    trained: frozenset[ServiceCode] = frozenset()
    implicated: frozenset[PersonRef] = frozenset()
    household_ref: HouseholdRef | None = None
    opened_on: Day | None = None


@dataclass(frozen=True)
class Facts:
    """Which application, who acts, the day, the programme, and what stands around the case."""

    application_ref: Ref
    actor: StaffRef
    organisation: OrganisationRef
    day: Day
    programme: Programme
    standing: Standing = Standing()
    signatory: Signatory | None = None
    household_busy: bool = False
    handed_over: bool = False
    settled: bool = False
    proven: bool = False


def tags(state: Application, facts: Facts) -> dict[str, Any]:
    """What every fact of an application names."""
    return {
        "case_ref": state.case_ref,
        "application_ref": facts.application_ref,
        "programme_ref": state.programme_ref,
    }
