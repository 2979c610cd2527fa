"""What a best-interests decision is: required for every child, decided by named people, looked at again on a day."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C3, Given, Model, Narrative

Cause = Annotated[str, CodeOf("best_interests_cause")]


class Status(StrEnum):
    REQUIRED = "required"
    DECIDED = "decided"
    VOIDED = "voided"


class MemberRole(StrEnum):
    """In which role somebody took part."""

    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"
    CASEWORKER = "CASEWORKER"
    SUPERVISOR = "SUPERVISOR"
    DECIDER = "DECIDER"
    INTERVIEWER = "INTERVIEWER"
    OTHER = "OTHER"


class ViewNotGiven(StrEnum):
    """Why a child's own view is not on record."""

    TOO_YOUNG = "TOO_YOUNG"
    DID_NOT_WISH = "DID_NOT_WISH"
    UNABLE = "UNABLE"


class Member(Given):
    """One of those who decided."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    role: MemberRole
    chair: bool = False


class Grounds(Model):
    """Sealed beside the state: what the child said, why it was decided so, why an exception was made."""

    child_view: C3[Narrative | None] = None
    reasons: C3[Narrative]
    exception: C3[Narrative | None] = None


class BestInterests(Model):
    """To whom a child may be handed over."""

    case_ref: CaseRef
    status: Status
    cause: Cause
    panel: bool
    required_on: date
    receiver: ReceiverKind | None = None
    person_ref: PersonRef | None = None
    organisation_ref: OrganisationRef | None = None
    members: tuple[Member, ...] = ()
    set_aside: tuple[ReceiverKind, ...] = ()
    view_not_given: ViewNotGiven | None = None
    exception: bool = False
    review_day: date | None = None
    decided_on: date | None = None
