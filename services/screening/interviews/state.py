"""What an interview is: its statuses, who may be asked how, and what stands on record of it.

The surprise: no answer is in here. Answers are rows of their own, sealed; the state only counts them.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.clock import Moment
from shared.codes import CodeOf
from shared.contracts.leaves import Month
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Given, Model, Narrative

Present = Annotated[str, CodeOf("present_at_interview")]
Language = Annotated[str, CodeOf("language")]


class Status(StrEnum):
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    REFUSED = "refused"
    STOPPED = "stopped"
    VOIDED = "voided"


class Profile(StrEnum):
    """Which weights and rules apply. Unknown age is CHILD."""

    CHILD = "CHILD"
    ADULT = "ADULT"


class Value(StrEnum):
    """What was answered. Only YES and NO say something; the others never count as NO."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"
    REFUSED = "REFUSED"
    NOT_ASKED = "NOT_ASKED"

    @property
    def definite(self) -> bool:
        """Does it say something?"""
        return self in (Value.YES, Value.NO)


class Source(StrEnum):
    """Where an answer comes from."""

    SELF = "SELF"
    OBSERVED = "OBSERVED"
    THIRD_PARTY = "THIRD_PARTY"
    DOCUMENT = "DOCUMENT"
    AUTHORITY_REPORT = "AUTHORITY_REPORT"


class Room(Given):
    """Who sat there and in which language. An interpreter from the person's own group is refused."""

    language: Language
    present: tuple[Present, ...] = Field(default=(), max_length=20)
    interpreter_of_same_group: bool = False


class Interview(Model):
    """One person asked by one form, in sittings."""

    case_ref: CaseRef
    organisation_ref: OrganisationRef
    status: Status
    opened: date
    lead: StaffRef | None = None
    lead_organisation_ref: OrganisationRef | None = None
    form: C0[str | None] = None
    observation_only: bool = False
    sitting: int = 0
    room: Room | None = None
    answers: int = 0
    ended: date | None = None
    first_month: Month | None = None
    last_month: Month | None = None


class Answer(Model):
    """One answer as it stands on record: when, by whom, to which question. What was said is sealed beside it."""

    case_ref: CaseRef
    interview_ref: Ref
    question: C0[str]
    sitting: int
    effective_at: Moment
    staff_ref: StaffRef


class Said(Model):
    """What was said, from which source, and where it matters in the person's own words."""

    value: C3[Value]
    source: C3[Source]
    quote: C3[Narrative | None] = None
    quote_language: C3[Language | None] = None
