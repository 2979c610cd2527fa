"""Reads of interviews, their answers, and the form they follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.screening.interviews import schemas
from services.screening.interviews.answers import Given, standing
from services.screening.interviews.commands import STATUSES
from services.screening.interviews.forms import FORMS, Question, Section, Words
from services.screening.interviews.state import Interview, Said, Status
from services.screening.interviews.tables import INTERVIEW, AnswerRow, InterviewRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref, Subject
from shared.model import C3
from shared.reading import Page, PageAsked, Reader, Reading, Several, within
from shared.reading.answers import Shown, returned
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows

SHOWN = Shown("screening.interview", schemas.InterviewRead, InterviewRow, Interview, STATUSES, INTERVIEW)


@shows("screening.interview.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> schemas.InterviewRead:
    """One interview."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What interviews are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("screening.interview.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[schemas.InterviewRead]:
    """A page of interviews; `day` and `month` are those of the opening."""
    case_ref, on = asked.case_ref, within(asked.day, asked.month)
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=case_ref, opened=on)


def given(reading: Reading, row: Row) -> Given:
    """One answer, opened."""
    said: Said = reading.open(AnswerRow, row, "said")
    return Given(row["ref"], row["question"], said.value, said.source, row["effective_at"], row["recorded_at"])


@shows("screening.interview.answers", subjects=case_of(InterviewRow))
def answers(reader: Reader, caller: Caller, *, ref: Ref) -> schemas.AnswersRead:
    """All answers and what holds; to those who may not know, only that questions were answered."""
    case_ref = SHOWN.one(reader, caller, ref, "screening.interview.answers")["case_ref"]
    subject = Subject("case", case_ref)
    rows = reader.select(AnswerRow, interview_ref=ref)
    values = {
        "case_ref": case_ref,
        "answers": tuple(_answer(reader, caller, subject, row) for row in rows),
        "standing": lambda: _standing(reader, caller, subject, rows),
    }
    return returned(reader, caller, schemas.AnswersRead, subject, values)


def _answer(reader: Reader, caller: Caller, subject: Subject, row: Row) -> schemas.AnswerRead:
    clear = {name: row[name] for name in ("ref", "question", "sitting", "effective_at", "recorded_at", "staff_ref")}
    said: Said | None = reader.open(AnswerRow, row, "said") if reader.can(caller, C3, subject) else None
    private = {} if said is None else {name: getattr(said, name) for name in Said.model_fields}
    return returned(reader, caller, schemas.AnswerRead, subject, {**clear, **private})


def _standing(
    reader: Reader, caller: Caller, subject: Subject, rows: Sequence[Row]
) -> tuple[schemas.StandingRead, ...]:
    names = schemas.StandingRead.model_fields.keys() - {"question"}
    holding = standing(given(reader, row) for row in rows).items()
    values = ({"question": question, **{name: getattr(held, name) for name in names}} for question, held in holding)
    return tuple(returned(reader, caller, schemas.StandingRead, subject, each) for each in values)


@shows("screening.form.read", reference=True)
def form(reader: Reader, caller: Caller, *, version: str) -> schemas.FormRead:
    """A version of the form, for those who ask its questions."""
    authorise(reader, caller, "screening.form.read")
    if version not in FORMS:
        raise NotFound()
    found, subject = FORMS[version], Subject("form", version)
    sections, questions = map(_section, found.sections), map(_question, found.questions.values())
    values = {
        "version_name": found.version,
        "valid_from": found.valid_from,
        "sections": tuple(returned(reader, caller, schemas.SectionRead, subject, each) for each in sections),
        "questions": tuple(returned(reader, caller, schemas.QuestionRead, subject, each) for each in questions),
    }
    return returned(reader, caller, schemas.FormRead, subject, values)


def _section(section: Section) -> dict[str, Any]:
    return {"code": section.code, "phase": section.phase, **_words(section.title)}


def _question(question: Question) -> dict[str, Any]:
    shown = {"code": question.code, "section": question.section, "kind": question.kind}
    return {**shown, "profiles": tuple(sorted(question.profiles)), **_words(question.text)}


def _words(text: Words) -> dict[str, str]:
    return {str(language): said for language, said in text.items()}
