"""What a best-interests decision is: required for every child, decided by named people, looked at again on a day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from services.screening.interviews.state import Dated
from shared.codes import CodeOf, labelled
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C3, Given, Model, Narrative

Cause = Annotated[str, CodeOf("best_interests_cause")]


@labelled("best_interests_status")
class Status(StrEnum):
    REQUIRED = "required"
    DECIDED = "decided"
    VOIDED = "voided"


@labelled("panel_role")
class MemberRole(StrEnum):
    """In which role somebody took part."""

    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"
    CASEWORKER = "CASEWORKER"
    SUPERVISOR = "SUPERVISOR"
    DECIDER = "DECIDER"
    INTERVIEWER = "INTERVIEWER"
    OTHER = "OTHER"


@labelled("view_not_given")
class ViewNotGiven(StrEnum):
    """Why a child's own view is not on record."""

    TOO_YOUNG = "TOO_YOUNG"
    DID_NOT_WISH = "DID_NOT_WISH"
    UNABLE = "UNABLE"


@labelled("review_timing")
class Timing(StrEnum):
    """When a decision is to be looked at again, as of a day: soon, or before it."""

    DUE = "due"
    OVERDUE = "overdue"


class Member(Given):
    """One of those who decided."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    role: C0[MemberRole]
    chair: C0[bool] = False


class Grounds(Model):
    """Sealed beside the state: what the child said, why it was decided so, why an exception was made."""

    child_view: C3[Narrative | None] = None
    reasons: C3[Narrative]
    exception: C3[Narrative | None] = None


class BestInterests(Model):
    """To whom a child may be handed over."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    cause: C1[Cause]
    panel: C0[bool]
    required_on: C0[date]
    receiver: C1[ReceiverKind | None] = None
    person_ref: C1[PersonRef | None] = None
    organisation_ref: C1[OrganisationRef | None] = None
    members: C0[tuple[Member, ...]] = ()
    set_aside: C1[tuple[ReceiverKind, ...]] = ()
    view_not_given: C1[ViewNotGiven | None] = None
    exception: C1[bool] = False
    review_day: C0[date | None] = None
    decided_on: C0[date | None] = None


@dataclass(frozen=True, kw_only=True)
class Facts(Dated):
    """What a rule needs beside the state and the command."""

    by: StaffRef
    case_opened: date | None = None
    implicated: frozenset[PersonRef] = frozenset()
    case_has_one: bool = False
