"""What a reader gets of an application: the plan and its amounts, who had which part, and the words if they may."""

from services.grants.applications.committee import Committee
from services.grants.applications.state import (
    Assignment,
    BusinessPlan,
    HolderException,
    Holders,
    Status,
    WaiverReason,
)
from services.grants.programmes.money import Conversion
from shared.contracts.grants import Basis, Training
from shared.contracts.leaves import Day
from shared.ids import CaseRef, HouseholdRef, Ref, StaffRef
from shared.model import C0, C1, C3, Narrative
from shared.reading.answers import Read


class ApplicationRead(Read):
    """An application and the grant that came of it."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    programme_ref: C0[Ref]
    household_ref: C0[HouseholdRef | None] = None
    holders: C0[Holders]
    plan: C1[BusinessPlan | None] = None
    requested: C1[int | None] = None
    conversion: C1[Conversion | None] = None
    approved: C1[int | None] = None
    preparers: C0[tuple[StaffRef, ...]]
    assessors: C0[tuple[StaffRef, ...]]
    approvers: C0[tuple[StaffRef, ...]]
    assigned: C0[tuple[Assignment, ...]]
    exceptions: C0[tuple[HolderException, ...]]
    basis: C0[Basis | None] = None
    training: C0[Training | None] = None
    waiver: C0[WaiverReason | None] = None
    recommended: C0[bool | None] = None
    committee: C0[Committee | None] = None
    signed_on: C0[Day | None] = None
    suspended_from: C0[Status | None] = None
    stands_since: C0[Day | None] = None
    words: C3[Narrative | None] = None
