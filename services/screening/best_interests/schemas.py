"""What a reader of a best-interests decision sees. What the child said comes only to those who work on the case."""

from datetime import date

from services.screening.best_interests.state import (
    Cause,
    Confirmation,
    Grounds,
    Member,
    Objection,
    Seat,
    Status,
    ViewNotGiven,
)
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C3
from shared.reading.answers import Read


class BestInterestsRead(Read):
    """To whom a child may go, who is asked, who confirmed it, and when it is looked at again."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    cause: C1[Cause | None] = None
    panel: C0[bool]
    required_on: C0[date]
    receiver: C1[ReceiverKind | None] = None
    person_ref: C1[PersonRef | None] = None
    organisation_ref: C1[OrganisationRef | None] = None
    members: C0[tuple[Member, ...]] = ()
    seated: C0[tuple[Seat, ...]] = ()
    confirmed: C0[tuple[Confirmation, ...]] = ()
    objections: C1[tuple[Objection, ...]] = ()
    set_aside: C1[tuple[ReceiverKind, ...]] = ()
    view_not_given: C1[ViewNotGiven | None] = None
    exception: C1[bool | None] = None
    review_day: C0[date | None] = None
    proposed_by: C0[StaffRef | None] = None
    proposed_on: C0[date | None] = None
    decided_on: C0[date | None] = None
    grounds: C3[Grounds | None] = None
