"""The small business itself, as visitors find it."""

from typing import ClassVar

from shared.contracts.grants.terms import Activity, BusinessState, CessationReason, VoidReason
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref
from shared.model import Event


class BusinessFact(Event):
    """Something about the small business that a grant began."""

    case_ref: CaseRef
    application_ref: Ref
    business_ref: Ref


class BusinessPlanned(BusinessFact):
    """The agreement is signed; the business is to begin."""

    type: ClassVar[str] = "grants.business.planned.v1"
    activity: Activity


class BusinessChecked(BusinessFact):
    """Somebody visited the business."""

    type: ClassVar[str] = "grants.business.checked.v1"
    check_ref: Ref
    state: BusinessState
    day: Day


class BusinessCeased(BusinessFact):
    """The business has ended. That is a fact, never a fault."""

    type: ClassVar[str] = "grants.business.ceased.v1"
    reason: CessationReason
    day: Day


class BusinessCorrected(BusinessFact):
    """What was recorded of the business was wrong."""

    type: ClassVar[str] = "grants.business.corrected.v1"
    activity: Activity


class BusinessVoided(BusinessFact):
    """The business was entered in error."""

    type: ClassVar[str] = "grants.business.voided.v1"
    reason: VoidReason
