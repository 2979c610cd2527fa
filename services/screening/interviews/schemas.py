"""What a reader of an interview sees. Answers come only to those who work on the case."""

from datetime import date, datetime

from services.screening.interviews.forms import Kind, Phase
from services.screening.interviews.state import Profile, Room, Source, Status, Value
from shared.contracts.leaves import Month
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, CX, Model, Narrative


class InterviewRead(Model):
    """An interview, without what was said."""

    ref: Ref
    version: int
    status: Status
    next: CX[tuple[str, ...]]
    case_ref: CaseRef
    organisation_ref: OrganisationRef
    opened: date
    lead: StaffRef | None
    form: C0[str | None]
    observation_only: bool
    sitting: int
    room: Room | None
    answers: int
    ended: date | None
    first_month: Month | None
    last_month: Month | None


class AnswerRead(Model):
    """One answer as it was written down."""

    ref: Ref
    question: C0[str]
    sitting: int
    effective_at: datetime
    recorded_at: datetime
    staff_ref: StaffRef
    value: C3[Value | None] = None
    source: C3[Source | None] = None
    quote: C3[Narrative | None] = None
    quote_language: C3[str | None] = None


class StandingRead(Model):
    """What holds for a question, and whether its answers disagree."""

    question: C0[str]
    value: C3[Value | None] = None
    conflicting: C3[bool | None] = None
    answers: tuple[Ref, ...] = ()
    observed: tuple[Ref, ...] = ()


class AnswersRead(Model):
    """All answers of an interview, and what holds for each question. Private parts are absent without the right."""

    case_ref: CaseRef
    answers: tuple[AnswerRead, ...]
    standing: tuple[StandingRead, ...]


class SectionRead(Model):
    """A section of the form."""

    code: CX[str]
    phase: Phase
    km: CX[str]
    vi: CX[str]
    en: CX[str]


class QuestionRead(Model):
    """A question of the form. What it feeds is not shown: nobody should steer an answer."""

    code: CX[str]
    section: CX[str]
    kind: Kind
    profiles: tuple[Profile, ...]
    km: CX[str]
    vi: CX[str]
    en: CX[str]


class FormRead(Model):
    """A version of the form."""

    version_name: CX[str]
    valid_from: date
    sections: tuple[SectionRead, ...]
    questions: tuple[QuestionRead, ...]
