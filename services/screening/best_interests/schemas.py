"""What a reader of a best-interests decision sees. What the child said comes only to those who work on the case."""

from datetime import date

from services.screening.best_interests.state import Grounds, Member, Status, ViewNotGiven
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
from shared.model import C0, C3, CX, Model


class BestInterestsRead(Model):
    """To whom a child may go, who decided, and when it is looked at again."""

    ref: Ref
    version: int
    status: Status
    next: CX[tuple[str, ...]]
    case_ref: CaseRef
    cause: C0[str]
    panel: bool
    required_on: date
    receiver: ReceiverKind | None
    person_ref: PersonRef | None
    organisation_ref: OrganisationRef | None
    members: tuple[Member, ...]
    set_aside: tuple[ReceiverKind, ...]
    view_not_given: ViewNotGiven | None
    exception: bool
    review_day: date | None
    decided_on: date | None
    grounds: C3[Grounds | None] = None
