"""Commands on readings by two people. Who asks is locked too, so that nobody asks twice of a case at a time."""

from collections.abc import Iterable
from dataclasses import replace

from services.intake.c4_readings import commands as ask
from services.intake.c4_readings import domain
from services.intake.c4_readings.commands import STATUSES, ReadingCommand
from services.intake.c4_readings.state import WAITS, C4Reading, Facts, Status
from services.intake.c4_readings.tables import C4ReadingRow
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CASE, CaseRow
from shared.auth import Caller
from shared.ids import CaseRef, Ref, Subject
from shared.model import Decided
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, _command: ReadingCommand, *, ref: Ref, state: C4Reading) -> Facts:
    return _known(unit, caller, ref, state.case_ref)


def _known(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    return Facts(ref, case_ref, caller.staff_ref, caller.organisation_ref, unit.now)


def _asking(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    who = {"staff_ref": caller.staff_ref, "organisation_ref": caller.organisation_ref}
    mine = unit.select(C4ReadingRow, **who, case_ref=case_ref)
    return replace(
        _known(unit, caller, ref, case_ref),
        waiting=any(_still(unit, row) for row in mine),
        voided=unit.peek(CaseRow, case_ref)["status"] == CaseStatus.VOIDED,
    )


def _still(unit: Unit, row: Row) -> bool:
    """Whether it waits for an answer, or is open."""
    if row["status"] == Status.ASKED:
        return bool(unit.now - row["asked_at"] <= WAITS)
    return row["status"] == Status.OPEN and bool(row["until"] > unit.now)


def _plant(unit: Unit, _caller: Caller, *, ref: Ref, before: C4Reading | None, decided: Decided[C4Reading]) -> None:
    """Its end is told when the hour is over; it opens nothing after that in any case."""
    reading = decided.state
    if before is not None and before.status is Status.ASKED and reading.until is not None:
        unit.later("c4_reading_over", Subject("case", reading.case_ref), reading.until, {"reading_ref": ref})


def _of_case(_peek: Reading, _command: ask.AskC4Reading, *, case_ref: CaseRef, **_: object) -> Iterable[str]:
    return [Subject("case", case_ref)]


C4_READINGS = Commands(
    "intake.c4_reading",
    C4ReadingRow,
    C4Reading,
    STATUSES,
    domain.decide,
    facts=_facts,
    after=_plant,
)
C4_READINGS.ordinary("refuse", ask.RefuseC4Reading)
C4_READINGS.ordinary("close", ask.CloseC4Reading)


@C4_READINGS.does("ask", ask.AskC4Reading, creates=True, subjects=_of_case)
def ask_reading(unit: Unit, caller: Caller, command: ask.AskC4Reading, *, ref: Ref, case_ref: CaseRef) -> None:
    """Ask to see where the person is."""
    C4_READINGS.authorise(unit, caller, command, CASE.places(unit, unit.peek(CaseRow, case_ref)))
    unit.lock(Subject("case", case_ref), Subject("staff", caller.staff_ref))
    if C4_READINGS.known(unit, caller, command, ref, under=case_ref):
        return
    decided = domain.decide(unit.find(C4ReadingRow, C4Reading, ref), command, _asking(unit, caller, ref, case_ref))
    unit.save(C4ReadingRow, ref, decided)


@C4_READINGS.does("confirm", ask.ConfirmC4Reading)
def confirm(unit: Unit, caller: Caller, command: ask.ConfirmC4Reading, *, ref: Ref) -> None:
    """Agree, as the second person: they see it for an hour, and both names stand on record."""
    reading = unit.peek(C4ReadingRow, ref)
    case = Subject("case", reading["case_ref"])
    C4_READINGS.authorise(unit, caller, command, case)
    unit.lock(case)
    # What ended by the clock, and was not told yet, is told before: its part is that of the same person.
    for row in unit.select(C4ReadingRow, staff_ref=reading["staff_ref"], case_ref=reading["case_ref"]):
        if row["status"] == Status.OPEN and row["until"] <= unit.now:
            late, _ = unit.load(C4ReadingRow, C4Reading, row["ref"], change=False)
            over = _known(unit, caller, row["ref"], late.case_ref)
            unit.save(C4ReadingRow, row["ref"], domain.decide(late, ask.CloseC4Reading(), over))
    C4_READINGS.change(unit, caller, command, ref=ref)
