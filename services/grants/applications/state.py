"""An application: its statuses, its state, and the facts around it that rules ask for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.grants.applications.committee import Committee
from services.grants.applications.duties import Act, Hands, Part
from services.grants.applications.plan import BusinessPlan
from services.grants.programmes.domain import Programme, ServiceCode
from services.grants.programmes.money import Amount, Conversion
from shared.codes import CodeOf
from shared.contracts.grants import Basis, Training
from shared.contracts.leaves import Day, RelationKind
from shared.ids import CaseRef, HouseholdRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C1, Model

WaiverReason = Annotated[str, CodeOf("grant_waiver_reason")]
ExceptionReason = Annotated[str, CodeOf("grant_exception_reason")]
Holders = Annotated[tuple[PersonRef, ...], Field(min_length=1, max_length=6)]


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


RUNNING = frozenset({Status.APPROVED, Status.AGREEMENT_SIGNED, Status.DISBURSING, Status.ACTIVE, Status.SUSPENDED})
"""Statuses that count as the household's one active grant."""


class Signatory(StrEnum):
    """The two whose agreement lets a caregiver under suspicion hold a grant."""

    SUPERVISOR = "SUPERVISOR"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"


class HolderException(Model):
    """One of the two agreed, for a reason."""

    staff_ref: StaffRef
    signatory: Signatory
    reason: ExceptionReason


class Assignment(Model):
    """Somebody has a part in the application."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: RelationKind


class Application(Model):
    """One application for one grant of one household."""

    status: Status
    case_ref: CaseRef
    programme_ref: Ref
    household_ref: HouseholdRef | None = None
    holders: Holders
    plan: BusinessPlan
    requested: C1[Amount]
    conversion: Conversion | None = None
    preparers: tuple[StaffRef, ...]
    assigned: tuple[Assignment, ...] = ()
    exceptions: tuple[HolderException, ...] = ()
    basis: Basis | None = None
    training: Training | None = None
    waiver: WaiverReason | None = None
    assessors: tuple[StaffRef, ...] = ()
    recommended: bool | None = None
    committee: Committee | None = None
    approvers: tuple[StaffRef, ...] = ()
    approved: C1[Amount | None] = None
    signed_on: Day | None = None
    suspended_from: Status | None = None
    last: C1[Act]

    @property
    def hands(self) -> Hands:
        """Who prepared, assessed and approved so far."""
        return {Part.PREPARER: self.preparers, Part.ASSESSOR: self.assessors, Part.APPROVER: self.approvers}

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
