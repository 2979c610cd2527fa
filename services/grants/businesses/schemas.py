"""What a reader gets of a business: how it was found, visit by visit, with the words if they may."""

from services.grants.businesses.domain import Check, Status
from services.grants.programmes.schemas import Read
from shared.contracts.grants import Activity, CessationReason
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref
from shared.model import C1, C3, Model, Narrative


class VisitWords(Model):
    """What was said on one visit."""

    check_ref: Ref
    words: C3[Narrative]


class BusinessRead(Read):
    """A small business."""

    status: Status
    case_ref: CaseRef
    application_ref: Ref
    activity: Activity
    place: C1[str | None] = None
    checks: tuple[Check, ...] = ()
    ceased_on: Day | None = None
    cessation: CessationReason | None = None
    visits: C3[tuple[VisitWords, ...]] = ()
