"""What an interview is: its statuses, who may be asked how, and what stands on record of it.

No answer is in here. Answers are rows of their own, sealed; the state only counts them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.contracts.leaves import Month
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, C3, Given, Model, Narrative

Present = Annotated[str, CodeOf("present_at_interview")]
Language = Annotated[str, CodeOf("language")]


@labelled("interview_status")
class Status(StrEnum):
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    REFUSED = "refused"
    STOPPED = "stopped"
    VOIDED = "voided"


@labelled("profile")
class Profile(StrEnum):
    """Which weights and rules apply. Unknown age is CHILD."""

    CHILD = "CHILD"
    ADULT = "ADULT"


@labelled("answer_value")
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


@labelled("answer_source")
class Source(StrEnum):
    """Where an answer comes from."""

    SELF = "SELF"
    OBSERVED = "OBSERVED"
    THIRD_PARTY = "THIRD_PARTY"
    DOCUMENT = "DOCUMENT"
    AUTHORITY_REPORT = "AUTHORITY_REPORT"


class Room(Given):
    """Who sat there and in which language. An interpreter from the person's own group is refused."""

    language: C1[Language]
    present: C0[tuple[Present, ...]] = Field(default=(), max_length=20)
    interpreter_of_same_group: C0[bool] = False


class Interview(Model):
    """One person asked by one form, in sittings. `last_day` is that of its latest start, pause, sitting or answer."""

    case_ref: C0[CaseRef]
    organisation_ref: C0[OrganisationRef]
    status: C0[Status]
    opened: C0[date]
    lead: C0[StaffRef | None] = None
    lead_organisation_ref: C0[OrganisationRef | None] = None
    form: C0[str | None] = None
    observation_only: C1[bool] = False
    sitting: C0[int] = 0
    room: C1[Room | None] = None
    answers: C0[int] = 0
    started: C0[date | None] = None
    last_day: C0[date | None] = None
    ended: C0[date | None] = None
    first_month: C1[Month | None] = None
    last_month: C1[Month | None] = None

    @property
    def deserted(self) -> bool:
        """Whether it has not ended, and nobody leads it."""
        return self.lead is None and self.status in (Status.OPENED, Status.IN_PROGRESS, Status.PAUSED)


class Answer(Model):
    """One answer as it stands on record: when, by whom, to which question. What was said is sealed beside it."""

    case_ref: C0[CaseRef]
    interview_ref: C0[Ref]
    question: C0[str]
    sitting: C0[int]
    effective_at: C0[Moment]
    staff_ref: C0[StaffRef]


class Said(Model):
    """What was said, from which source, and where it matters in the person's own words."""

    value: C3[Value]
    source: C3[Source]
    quote: C3[Narrative | None] = None
    quote_language: C3[Language | None] = None


@dataclass(frozen=True, kw_only=True)
class Dated:
    """Which thing, and on which day. Where a fact heard leads to something, it says the day and is never too early."""

    ref: Ref
    day: date
    heard: bool = False

    def before(self, first: date | None) -> bool:
        """Would it have happened before what it follows on?"""
        return first is not None and self.day < first and not self.heard


@dataclass(frozen=True, kw_only=True)
class Facts(Dated):
    """What a rule needs beside the state and the command. `last_said` is the day of the latest answer stored."""

    organisation_ref: OrganisationRef
    case_opened: date | None = None
    urgent_needs_met: bool = False
    consent_held: bool = False
    child: bool = True
    too_young_to_ask: bool = False
    caregiver_implicated: bool = False
    ended_by_them: bool = False
    form: str = ""
    stored: int = 0
    last_said: date | None = None
    case_has_one: bool = False
