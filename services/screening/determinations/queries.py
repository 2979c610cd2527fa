"""Reads of determinations: one, a page, the whole assessment with its reasons, and what all bodies say of a case."""

from collections.abc import Iterable
from typing import Any

from services.screening.determinations import domain
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.deciding import governing
from services.screening.determinations.gathering import found_in, rows_of
from services.screening.determinations.reasons import render
from services.screening.determinations.schemas import (
    AssessmentRead,
    BodyFinding,
    DeterminationRead,
    FindingsRead,
    SentenceRead,
)
from services.screening.determinations.state import Determination, Findings, Status
from services.screening.determinations.tables import DeterminationRow
from shared.auth import Caller, authorise
from shared.codes import Language
from shared.ids import CaseRef, Ref
from shared.model import C3
from shared.reading import Page, PageAsked, Reader, Reading
from shared.statuses import next_operations
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(row: Row, private: dict[str, Any]) -> DeterminationRead:
    state = state_of(Determination, row)
    shown = {name: getattr(state, name) for name in Determination.model_fields}
    following = next_operations(domain.STATUSES, state.status)
    return DeterminationRead(ref=row["ref"], version=row["version"], next=following, **shown, **private)


def _private(reader: Reader, row: Row) -> dict[str, Any]:
    suggestion: Assessment = reader.open(DeterminationRow, row, "suggestion")
    found: Findings = reader.open(DeterminationRow, row, "found") or Findings()
    last = found.made[-1] if found.made else None
    return {
        "suggested": suggestion.outcome,
        "flags": suggestion.flags,
        "outcome": None if last is None else last.outcome,
        "departs": None if last is None else last.departs,
        "proposed": found.proposed,
        "made": found.made,
    }


@shows("screening.determination.read", subjects=case_of(DeterminationRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> DeterminationRead:
    """One determination."""
    row = reader.peek(DeterminationRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "screening.determination.read", subject)
    return _read(row, _private(reader, row) if reader.can(caller, C3, subject) else {})


@shows("screening.determination.list")
def listing(
    reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None, case_ref: CaseRef | None
) -> Page[DeterminationRead]:
    """A page of determinations, without what was found."""
    authorise(reader, caller, "screening.determination.list", None if case_ref is None else f"case/{case_ref}")
    rows, cursor = reader.page(DeterminationRow, page, status=status, case_ref=case_ref)
    return Page(items=tuple(_read(row, {}) for row in rows), next_cursor=cursor)


@shows("screening.determination.assessment", subjects=case_of(DeterminationRow))
def assessment(reader: Reader, caller: Caller, *, ref: Ref) -> AssessmentRead:
    """The suggestion, step by step, with its reasons in three languages."""
    row = reader.peek(DeterminationRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "screening.determination.assessment", subject)
    clear = {"ref": ref, "case_ref": row["case_ref"], "assessment_number": row["assessment"]}
    if not reader.can(caller, C3, subject):
        return AssessmentRead(**clear, ruleset=row["ruleset"])
    suggestion: Assessment = reader.open(DeterminationRow, row, "suggestion")
    sentences = tuple(
        SentenceRead(
            key=reason.key,
            **{str(language): render(reason, language, suggestion.ruleset) for language in Language},
        )
        for reason in suggestion.reasons
    )
    return AssessmentRead(**clear, ruleset=row["ruleset"], assessment=suggestion, sentences=sentences)


def _case(_peek: Reading, _command: Any = None, *, case_ref: CaseRef, **_: Any) -> Iterable[str]:
    return [f"case/{case_ref}"]


@shows("screening.determination.findings", subjects=_case)
def findings(reader: Reader, caller: Caller, *, case_ref: CaseRef) -> FindingsRead:
    """What every body says of a case, side by side."""
    authorise(reader, caller, "screening.determination.findings", f"case/{case_ref}")
    may = reader.can(caller, C3, f"case/{case_ref}")
    outcomes = found_in(reader, case_ref) if may else {}
    bodies = tuple(
        BodyFinding(ref=row["ref"], body=row["body"], status=row["status"], outcome=outcomes.get(row["ref"]))
        for row in rows_of(reader, case_ref)
    )
    if not may:
        return FindingsRead(case_ref=case_ref, bodies=bodies)
    different = len(set(outcomes.values())) > 1
    most = governing(tuple(outcomes.values()))
    return FindingsRead(case_ref=case_ref, bodies=bodies, governing=most, disagree=different)
