"""Reads of determinations: one, a page, the whole assessment with its reasons, and what all bodies say of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.screening.determinations import schemas as answer
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.commands import STATUSES
from services.screening.determinations.deciding import governing
from services.screening.determinations.gathering import found_in, rows_of
from services.screening.determinations.reasons import sentences
from services.screening.determinations.schemas import AssessmentRead, DeterminationRead, FindingsRead
from services.screening.determinations.state import Determination, Findings, Status
from services.screening.determinations.tables import DeterminationRow
from services.screening.official_findings.state import Found
from services.screening.official_findings.state import Status as OfficialStatus
from services.screening.official_findings.tables import OfficialFindingRow
from shared.auth import Caller, authorise
from shared.contracts.screening import Body
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref, Subject
from shared.model import C3
from shared.reading import Page, PageAsked, Reader, Reading, Several, within
from shared.reading.answers import Shown, returned
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows

SHOWN = Shown("screening.determination", DeterminationRead, DeterminationRow, Determination, STATUSES)


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
    row = SHOWN.one(reader, caller, ref)
    subject = Subject("case", row["case_ref"])
    return SHOWN.of(reader, caller, row, **(_private(reader, row) if reader.can(caller, C3, subject) else {}))


@dataclass(frozen=True)
class Filters:
    """What determinations are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    body: Body | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("screening.determination.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[DeterminationRead]:
    """A page of determinations, without what was found; `day` and `month` are those of the suggestion."""
    case_ref, on = asked.case_ref, within(asked.day, asked.month)
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=case_ref, body=asked.body, suggested_on=on)


@shows("screening.determination.assessment", subjects=case_of(DeterminationRow))
def assessment(reader: Reader, caller: Caller, *, ref: Ref) -> AssessmentRead:
    """The suggestion, step by step, with its reasons in three languages."""
    row = SHOWN.one(reader, caller, ref, "screening.determination.assessment")
    subject = Subject("case", row["case_ref"])
    suggestion: Assessment | None = None
    if reader.can(caller, C3, subject):
        suggestion = reader.open(DeterminationRow, row, "suggestion")
    values = {
        "ref": ref,
        "case_ref": row["case_ref"],
        "assessment_number": row["assessment"],
        "ruleset": row["ruleset"],
        "assessment": suggestion,
        "sentences": lambda: suggestion and _sentences(reader, caller, subject, suggestion),
    }
    return returned(reader, caller, AssessmentRead, subject, values)


def _sentences(reader: Reader, caller: Caller, subject: Subject, found: Assessment) -> tuple[answer.SentenceRead, ...]:
    """Each reason in three languages."""
    return tuple(
        returned(
            reader,
            caller,
            answer.SentenceRead,
            subject,
            {"key": reason.key, **sentences(reason, found.ruleset)},
        )
        for reason in found.reasons
    )


def _case(peek: Reading, _command: object = None, *, case_ref: CaseRef, **_: object) -> Iterable[str]:
    return [Subject("case", case_ref), *(Subject("official_finding", row["ref"]) for row in _official(peek, case_ref))]


def _official(reading: Reading, case_ref: CaseRef) -> Iterable[Row]:
    """What bodies of state found by themselves about a case, oldest first."""
    rows = reading.select(OfficialFindingRow, case_ref=case_ref)
    return [row for row in rows if row["status"] != OfficialStatus.VOIDED]


def _officially(reader: Reader, caller: Caller, case_ref: CaseRef) -> Iterable[answer.OfficialFound]:
    subject = Subject("case", case_ref)
    for row in _official(reader, case_ref):
        said = {name: row[name] for name in ("ref", "organisation_ref", "body", "found_on")}
        if reader.can(caller, C3, subject):
            found: Found = reader.open(OfficialFindingRow, row, "found")
            said |= {"outcome": found.outcome, "words": found.words}
        yield returned(reader, caller, answer.OfficialFound, subject, said)


@shows("screening.determination.findings", subjects=_case)
def findings(reader: Reader, caller: Caller, *, case_ref: CaseRef) -> FindingsRead:
    """What every body says of a case, side by side."""
    subject = Subject("case", case_ref)
    authorise(reader, caller, "screening.determination.findings", subject)
    outcomes = found_in(reader, case_ref) if reader.can(caller, C3, subject) else {}
    bodies = (
        {"ref": row["ref"], "body": row["body"], "status": row["status"], "outcome": outcomes.get(row["ref"])}
        for row in rows_of(reader, case_ref)
    )
    values = {
        "case_ref": case_ref,
        "bodies": tuple(returned(reader, caller, answer.BodyFinding, subject, body) for body in bodies),
        "official": tuple(_officially(reader, caller, case_ref)),
        "governing": governing(tuple(outcomes.values())),
        "disagree": len(set(outcomes.values())) > 1,
    }
    return returned(reader, caller, FindingsRead, subject, values)
