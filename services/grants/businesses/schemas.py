"""What a reader gets of a business: how it was found, visit by visit, with the words if they may."""

from services.grants.businesses.state import Check, Status
from shared.contracts.grants import Activity, CessationReason
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref
from shared.model import C0, C1, C3, Narrative
from shared.reading.answers import Read, Returned


class VisitWords(Returned):
    """What was said on one visit."""

    check_ref: C0[Ref]
    words: C3[Narrative]


class BusinessRead(Read):
    """A small business."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    application_ref: C0[Ref]
    activity: C0[Activity]
    place: C1[str | None] = None
    checks: C1[tuple[Check, ...]] = ()
    ceased_on: C0[Day | None] = None
    cessation: C0[CessationReason | None] = None
    visits: C3[tuple[VisitWords, ...]] = ()
