"""What a best-interests decision is: required for every child, proposed, and decided by those who confirm it.

Whoever is named as a member is asked. What somebody confirms stands in `confirmed`, under their own identity.
"""

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
ObjectionReason = Annotated[str, CodeOf("panel_objection")]
MOST_OBJECTIONS = 50
"""So many are kept of one decision, the latest: each ended a proposal."""


@labelled("best_interests_status")
class Status(StrEnum):
    REQUIRED = "required"
    PROPOSED = "proposed"
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
    """Somebody who is asked to decide: named by whoever proposes, which is no vote."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    role: C0[MemberRole]
    chair: C0[bool] = False


class Seat(Model):
    """Who reads what they are asked about: the holder's supervisor let them."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]


class Confirmation(Model):
    """One member confirmed what is proposed, by their own request."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    day: C0[date]


class Objection(Model):
    """One member did not, and the proposal was over."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[ObjectionReason]
    day: C0[date]


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
    seated: C0[tuple[Seat, ...]] = ()
    confirmed: C0[tuple[Confirmation, ...]] = ()
    objections: C1[tuple[Objection, ...]] = ()
    set_aside: C1[tuple[ReceiverKind, ...]] = ()
    view_not_given: C1[ViewNotGiven | None] = None
    exception: C1[bool] = False
    review_day: C0[date | None] = None
    proposed_by: C0[StaffRef | None] = None
    proposed_on: C0[date | None] = None
    decided_on: C0[date | None] = None


@dataclass(frozen=True, kw_only=True)
class Facts(Dated):
    """What a rule needs beside the state and the command. `may_seat`: the caller may let members read."""

    by: Seat
    role: str
    may_seat: bool = False
    registered_as: str | None = None
    case_opened: date | None = None
    implicated: frozenset[PersonRef] = frozenset()
    case_has_one: bool = False
