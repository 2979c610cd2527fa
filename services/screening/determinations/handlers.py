"""Commands on determinations. The engine runs inside the unit, over answers that only this unit has opened."""

from collections.abc import Mapping
from typing import Any

from services.screening.determinations import commands as ask
from services.screening.determinations import domain
from services.screening.determinations.commands import STATUSES, DeterminationCommand
from services.screening.determinations.deciding import Facts, finding_after
from services.screening.determinations.gathering import facts_for, facts_of_new
from services.screening.determinations.state import Determination, Party, Status
from services.screening.determinations.tables import DeterminationRow
from shared.auth import Caller
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef, Subject
from shared.model import Decided, Model
from shared.storage.tables import state_of
from shared.writing import leaving
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.naming import named_by_holder
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, command: Any, *, ref: Ref, state: Determination | None) -> Facts:
    if state is None:
        return facts_of_new(unit, caller, command, ref)
    return facts_for(unit, caller, ref, again=isinstance(command, ask.ReassessDetermination))


def _sealed(state: Determination | None, command: DeterminationCommand, facts: Facts) -> Mapping[str, Model]:
    """The suggestion and the findings are sealed; only how to treat the person is told."""
    suggested: Mapping[str, Model] = {} if facts.suggestion is None else {"suggestion": facts.suggestion}
    return suggested if state is None else {**suggested, "found": finding_after(state, command, facts)}


def _named(
    unit: Unit, _caller: Caller, *, ref: Ref, before: Determination | None, decided: Decided[Determination]
) -> None:
    if before is not None and before.deserted and not decided.state.deserted:
        leaving.answered(unit, Subject("case", decided.state.case_ref), ref)


DETERMINATIONS = Commands(
    "screening.determination",
    DeterminationRow,
    Determination,
    STATUSES,
    domain.decide,
    facts=_facts,
    subjects=case_of(DeterminationRow),
    sealed=_sealed,
    after=_named,
    admits=named_by_holder(DeterminationRow, {ask.AssignDetermination: "screening.determination.assign_others"}),
)
DETERMINATIONS.ordinary("suggest", ask.SuggestDetermination)
DETERMINATIONS.ordinary("assign", ask.AssignDetermination)
DETERMINATIONS.ordinary("reassess", ask.ReassessDetermination)
DETERMINATIONS.ordinary("make", ask.MakeDetermination)
DETERMINATIONS.ordinary("confirm", ask.ConfirmDetermination)
DETERMINATIONS.ordinary("reject", ask.RejectDetermination)
DETERMINATIONS.ordinary("review", ask.ReviewDetermination)
DETERMINATIONS.ordinary("amend", ask.AmendDetermination)
DETERMINATIONS.ordinary("correct", ask.CorrectDetermination)
DETERMINATIONS.ordinary("void", ask.VoidDetermination)


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: they decide nothing any more, and people are called where nobody else takes part."""
    party = Party(staff_ref=staff_ref, organisation_ref=organisation_ref)
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        for row in unit.select(DeterminationRow, case_ref=subject.removeprefix("case/")):
            state, _ = unit.load(DeterminationRow, Determination, row["ref"], change=False)
            if party in state.parties:
                decided = domain.without(state, row["ref"], party)
                unit.save(DeterminationRow, row["ref"], decided)
                if decided.state.deserted:
                    leaving.call_people(unit, subject, row["ref"])


def deserted(unit: Unit, ref: Ref) -> bool:
    """Whether it is a determination that waits, and nobody takes part in deciding it."""
    row = unit.row(DeterminationRow, ref)
    return row is not None and state_of(Determination, row).deserted


def reassess_open(unit: Unit, caller: Caller, case_ref: CaseRef) -> None:
    """Suggest again wherever nobody has decided yet: an issued finding is never rewritten."""
    unit.lock(Subject("case", case_ref))
    for row in unit.select(DeterminationRow, case_ref=case_ref):
        if row["status"] == Status.SUGGESTED:
            DETERMINATIONS.carry_out(unit, caller, ask.ReassessDetermination(), ref=row["ref"])
