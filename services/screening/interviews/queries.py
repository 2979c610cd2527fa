"""Reads of interviews, their answers, and the form they follow."""

from services.screening.interviews import domain
from services.screening.interviews.answers import Given, standing
from services.screening.interviews.forms import FORMS, form_of
from services.screening.interviews.schemas import (
    AnswerRead,
    AnswersRead,
    FormRead,
    InterviewRead,
    QuestionRead,
    SectionRead,
    StandingRead,
)
from services.screening.interviews.state import Interview, Said, Status
from services.screening.interviews.tables import AnswerRow, InterviewRow
from shared.auth import Caller, authorise
from shared.codes import Language
from shared.errors import NotFound
from shared.ids import CaseRef, Ref
from shared.model import C3
from shared.reading import Page, PageAsked, Reader, Reading
from shared.statuses import next_operations
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(row: Row) -> InterviewRead:
    state = state_of(Interview, row)
    shown = {name: getattr(state, name) for name in Interview.model_fields if name != "lead_organisation_ref"}
    following = next_operations(domain.STATUSES, state.status)
    return InterviewRead(ref=row["ref"], version=row["version"], next=following, **shown)


@shows("screening.interview.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> InterviewRead:
    """One interview."""
    row = reader.peek(InterviewRow, ref)
    authorise(reader, caller, "screening.interview.read", f"case/{row['case_ref']}")
    return _read(row)


@shows("screening.interview.list")
def listing(
    reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None, case_ref: CaseRef | None
) -> Page[InterviewRead]:
    """A page of interviews."""
    authorise(reader, caller, "screening.interview.list", None if case_ref is None else f"case/{case_ref}")
    rows, cursor = reader.page(InterviewRow, page, status=status, case_ref=case_ref)
    return Page(items=tuple(_read(row) for row in rows), next_cursor=cursor)


def given(reading: Reading, row: Row) -> Given:
    """One answer, opened."""
    said: Said = reading.open(AnswerRow, row, "said")
    return Given(row["ref"], row["question"], said.value, said.source, row["effective_at"], row["recorded_at"])


@shows("screening.interview.answers", subjects=case_of(InterviewRow))
def answers(reader: Reader, caller: Caller, *, ref: Ref) -> AnswersRead:
    """All answers and what holds; to those who may not know, only that questions were answered."""
    case_ref = reader.peek(InterviewRow, ref)["case_ref"]
    authorise(reader, caller, "screening.interview.answers", f"case/{case_ref}")
    rows = reader.select(AnswerRow, interview_ref=ref)
    if not reader.can(caller, C3, f"case/{case_ref}"):
        return AnswersRead(case_ref=case_ref, answers=tuple(_answer(row, None) for row in rows), standing=())
    holding = standing(given(reader, row) for row in rows)
    return AnswersRead(
        case_ref=case_ref,
        answers=tuple(_answer(row, reader.open(AnswerRow, row, "said")) for row in rows),
        standing=tuple(
            StandingRead(
                question=question,
                value=held.value,
                conflicting=held.conflicting,
                answers=held.answers,
                observed=held.observed,
            )
            for question, held in holding.items()
        ),
    )


def _answer(row: Row, said: Said | None) -> AnswerRead:
    clear = {name: row[name] for name in ("ref", "question", "sitting", "effective_at", "recorded_at", "staff_ref")}
    return AnswerRead(**clear, **({} if said is None else said.model_dump()))


@shows("screening.form.read")
def form(reader: Reader, caller: Caller, *, version: str) -> FormRead:
    """A version of the form, for those who ask its questions."""
    authorise(reader, caller, "screening.form.read")
    if version not in FORMS:
        raise NotFound()
    found = form_of(version)
    return FormRead(
        version_name=found.version,
        valid_from=found.valid_from,
        sections=tuple(
            SectionRead(code=section.code, phase=section.phase, **_words(section.title)) for section in found.sections
        ),
        questions=tuple(
            QuestionRead(
                code=question.code,
                section=question.section,
                kind=question.kind,
                profiles=tuple(sorted(question.profiles)),
                **_words(question.text),
            )
            for question in found.questions.values()
        ),
    )


def _words(text: object) -> dict[str, str]:
    assert hasattr(text, "__getitem__")
    return {str(language): text[language] for language in Language}
