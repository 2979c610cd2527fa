"""What a reader of an interview sees. Answers come only to those who work on the case."""

from datetime import date, datetime

from services.screening.interviews.forms import Kind, Phase
from services.screening.interviews.state import Language, Profile, Room, Source, Status, Value
from shared.contracts.leaves import Month
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, C3, Narrative
from shared.reading.answers import Read, Returned


class InterviewRead(Read):
    """An interview, without what was said."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    organisation_ref: C0[OrganisationRef]
    opened: C0[date]
    lead: C0[StaffRef | None] = None
    form: C0[str | None] = None
    observation_only: C1[bool | None] = None
    sitting: C0[int]
    room: C1[Room | None] = None
    answers: C0[int]
    started: C0[date | None] = None
    ended: C0[date | None] = None
    first_month: C1[Month | None] = None
    last_month: C1[Month | None] = None


class AnswerRead(Returned):
    """One answer as it was written down."""

    ref: C0[Ref]
    question: C0[str]
    sitting: C0[int]
    effective_at: C0[datetime]
    recorded_at: C0[datetime]
    staff_ref: C0[StaffRef]
    value: C3[Value | None] = None
    source: C3[Source | None] = None
    quote: C3[Narrative | None] = None
    quote_language: C3[Language | None] = None


class StandingRead(Returned):
    """What holds for a question, and whether its answers disagree."""

    question: C0[str]
    value: C3[Value | None] = None
    conflicting: C3[bool | None] = None
    answers: C3[tuple[Ref, ...]] = ()
    observed: C3[tuple[Ref, ...]] = ()


class AnswersRead(Returned):
    """All answers of an interview, and what holds for each question. Private parts are absent without the right."""

    case_ref: C0[CaseRef]
    answers: C0[tuple[AnswerRead, ...]]
    standing: C3[tuple[StandingRead, ...]] = ()


class SectionRead(Returned):
    """A section of the form."""

    code: C0[str]
    phase: C0[Phase]
    km: C0[str]
    vi: C0[str]
    en: C0[str]


class QuestionRead(Returned):
    """A question of the form. What it feeds is not shown: nobody should steer an answer."""

    code: C0[str]
    section: C0[str]
    kind: C0[Kind]
    profiles: C0[tuple[Profile, ...]]
    km: C0[str]
    vi: C0[str]
    en: C0[str]


class FormRead(Returned):
    """A version of the form. It is no secret: whoever asks needs all of it."""

    version_name: C0[str]
    valid_from: C0[date]
    sections: C0[tuple[SectionRead, ...]]
    questions: C0[tuple[QuestionRead, ...]]
