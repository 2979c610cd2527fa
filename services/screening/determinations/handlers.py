"""Commands on determinations. The engine runs inside the unit, over answers that only this unit has opened."""

from typing import Any

from services.screening.determinations import commands, domain, gathering
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.deciding import Facts, finding_after
from services.screening.determinations.state import Determination, Status
from services.screening.determinations.tables import DeterminationRow
from services.screening.facets import IntakeFacet
from services.screening.interviews.tables import InterviewRow
from shared.auth import Caller, authorise
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.model import Command
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit

CASE = case_of(DeterminationRow)


@handles("screening.determination.suggest", subjects=CASE, creates=True)
def suggest(unit: Unit, caller: Caller, command: commands.SuggestDetermination, *, ref: Ref) -> None:
    """Let the rules suggest. The suggestion is sealed; only how to treat the person is told."""
    authorise(unit, caller, "screening.determination.suggest", f"case/{command.case_ref}")
    if unit.peek(InterviewRow, command.interview_ref)["case_ref"] != command.case_ref:
        raise Refused("interview_of_another_case")
    unit.lock(f"case/{command.case_ref}")
    state = unit.find(DeterminationRow, Determination, ref)
    suggestion = gathering.assessed(unit, command.interview_ref)
    ended = unit.peek(InterviewRow, command.interview_ref)["status"] in gathering.ENDED
    intake = unit.facet(f"case/{command.case_ref}", "intake", IntakeFacet)
    facts = Facts(
        ref=ref,
        day=unit.effective_day,
        by=gathering.by(caller),
        handling=gathering.handling_of(suggestion, intake),
        ruleset=suggestion.ruleset,
        ready=ended,
        body_has_one=_has_one(unit, command, ref),
    )
    unit.save(DeterminationRow, ref, domain.decide(state, command, facts), private={"suggestion": suggestion})


def _has_one(unit: Unit, command: commands.SuggestDetermination, ref: Ref) -> bool:
    others = (row for row in unit.select(DeterminationRow, case_ref=command.case_ref) if row["ref"] != ref)
    return any(row["body"] == command.body and row["status"] != Status.VOIDED for row in others)


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: Ref) -> None:
    case_ref = unit.peek(DeterminationRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(DeterminationRow, Determination, ref)
    row = unit.peek(DeterminationRow, ref)
    facts = gathering.facts_for(unit, caller, row, unit.open(DeterminationRow, row, "suggestion"))
    decided = domain.decide(state, command, facts)
    unit.save(DeterminationRow, ref, decided, private={"found": finding_after(state, command, facts)})


@handles("screening.determination.assign", subjects=CASE)
def assign(unit: Unit, caller: Caller, command: commands.AssignDetermination, *, ref: Ref) -> None:
    """Let somebody take part in deciding."""
    _change(unit, caller, "screening.determination.assign", command, ref)


@handles("screening.determination.reassess", subjects=CASE)
def reassess(unit: Unit, caller: Caller, command: commands.ReassessDetermination, *, ref: Ref) -> None:
    """Let the rules suggest again. The same suggestion decides nothing."""
    case_ref = unit.peek(DeterminationRow, ref)["case_ref"]
    authorise(unit, caller, "screening.determination.reassess", f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(DeterminationRow, Determination, ref)
    row = unit.peek(DeterminationRow, ref)
    before: Assessment = unit.open(DeterminationRow, row, "suggestion")
    suggestion = gathering.assessed(unit, state.interview_ref)
    known: dict[str, Any] = vars(gathering.facts_for(unit, caller, row, suggestion))
    facts = Facts(**known | {"changed": suggestion != before})
    found = finding_after(state, command, facts)
    private = {"suggestion": suggestion, "found": found}
    unit.save(DeterminationRow, ref, domain.decide(state, command, facts), private=private)


def reassess_open(unit: Unit, caller: Caller, case_ref: CaseRef) -> None:
    """Suggest again wherever nobody has decided yet: an issued finding is never rewritten."""
    unit.lock(f"case/{case_ref}")
    for row in unit.select(DeterminationRow, case_ref=case_ref):
        if row["status"] == Status.SUGGESTED:
            reassess(unit, caller, commands.ReassessDetermination(), ref=row["ref"])


@handles("screening.determination.make", subjects=CASE)
def make(unit: Unit, caller: Caller, command: commands.MakeDetermination, *, ref: Ref) -> None:
    """A named person decides, or proposes where it takes two."""
    _change(unit, caller, "screening.determination.make", command, ref)


@handles("screening.determination.confirm", subjects=CASE)
def confirm(unit: Unit, caller: Caller, command: commands.ConfirmDetermination, *, ref: Ref) -> None:
    """A second person agrees."""
    _change(unit, caller, "screening.determination.confirm", command, ref)


@handles("screening.determination.reject", subjects=CASE)
def reject(unit: Unit, caller: Caller, command: commands.RejectDetermination, *, ref: Ref) -> None:
    """A second person does not agree."""
    _change(unit, caller, "screening.determination.reject", command, ref)


@handles("screening.determination.review", subjects=CASE)
def review(unit: Unit, caller: Caller, command: commands.ReviewDetermination, *, ref: Ref) -> None:
    """Look at it again."""
    _change(unit, caller, "screening.determination.review", command, ref)


@handles("screening.determination.amend", subjects=CASE)
def amend(unit: Unit, caller: Caller, command: commands.AmendDetermination, *, ref: Ref) -> None:
    """Decide again after a review."""
    _change(unit, caller, "screening.determination.amend", command, ref)


@handles("screening.determination.correct", subjects=CASE)
def correct(unit: Unit, caller: Caller, command: commands.CorrectDetermination, *, ref: Ref) -> None:
    """Put the day of the decision right."""
    _change(unit, caller, "screening.determination.correct", command, ref)


@handles("screening.determination.void", subjects=CASE)
def void(unit: Unit, caller: Caller, command: commands.VoidDetermination, *, ref: Ref) -> None:
    """Entered in error."""
    _change(unit, caller, "screening.determination.void", command, ref)
