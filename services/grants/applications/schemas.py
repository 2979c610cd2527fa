"""What a reader gets of an application: the plan and its amounts, who had which part, and the words if they may."""

from services.grants.applications.committee import Committee
from services.grants.applications.plan import BusinessPlan
from services.grants.applications.state import Assignment, HolderException, Holders, Status, WaiverReason
from services.grants.programmes.money import Conversion
from services.grants.programmes.schemas import Read
from shared.contracts.grants import Basis, Training
from shared.contracts.leaves import Day
from shared.ids import CaseRef, HouseholdRef, Ref, StaffRef
from shared.model import C1, C3, Narrative


class ApplicationRead(Read):
    """An application and the grant that came of it."""

    status: Status
    case_ref: CaseRef
    programme_ref: Ref
    household_ref: HouseholdRef | None = None
    holders: Holders
    plan: C1[BusinessPlan | None] = None
    requested: C1[int | None] = None
    conversion: C1[Conversion | None] = None
    approved: C1[int | None] = None
    preparers: tuple[StaffRef, ...]
    assessors: tuple[StaffRef, ...]
    approvers: tuple[StaffRef, ...]
    assigned: tuple[Assignment, ...]
    exceptions: tuple[HolderException, ...]
    basis: Basis | None = None
    training: Training | None = None
    waiver: WaiverReason | None = None
    recommended: bool | None = None
    committee: Committee | None = None
    signed_on: Day | None = None
    suspended_from: Status | None = None
    words: C3[Narrative | None] = None
