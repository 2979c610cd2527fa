"""Commands on single lines, and what the hand-over does to them inside its own unit."""

from services.intake.lines import domain
from services.intake.lines.domain import AddLine, Line, ListLine
from services.intake.lines.tables import LineRow
from shared.auth import Caller, authorise
from shared.contracts.intake import LineStatus
from shared.errors import Refused
from shared.ids import HandoverRef, LineRef
from shared.model import Command, Model
from shared.writing.handling import handles, own
from shared.writing.unit import Unit


def receive(unit: Unit, handover_ref: HandoverRef, ref: LineRef, line: ListLine | AddLine, number: int) -> Line:
    """Store a line as it came, under its own key. What was received is written here and nowhere else."""
    facts = domain.Facts(handover_ref=handover_ref, line_ref=ref, by=unit.caller.staff_ref, number=number)
    if unit.known(LineRow, ref, line):
        raise Refused("line_known")
    decided = domain.decide(None, line, facts)
    private: dict[str, Model | None] = {"as_received": line.as_received, "remarks": getattr(line, "remarks", None)}
    sealed = {name: value for name, value in private.items() if value is not None}
    unit.add(LineRow, ref, decided.state, decided.events, private=sealed)
    return decided.state


def answer(unit: Unit, handover_ref: HandoverRef, ref: LineRef, command: Command) -> Line:
    """What the consulate or the gate said of one line of this hand-over."""
    state = unit.find(LineRow, Line, ref)
    if state is None or state.handover_ref != handover_ref:
        raise Refused("line_unknown")
    facts = domain.Facts(handover_ref=handover_ref, line_ref=ref, by=unit.caller.staff_ref)
    decided = domain.decide(state, command, facts)
    unit.save(LineRow, ref, decided)
    return decided.state


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: LineRef) -> None:
    handover_ref = unit.peek(LineRow, ref)["handover_ref"]
    authorise(unit, caller, action)
    unit.lock(f"handover/{handover_ref}")
    state, _ = unit.load(LineRow, Line, ref)
    facts = domain.Facts(handover_ref=handover_ref, line_ref=ref, by=caller.staff_ref)
    unit.save(LineRow, ref, domain.decide(state, command, facts))


@handles("intake.line.correct", subjects=own("line"))
def correct(unit: Unit, caller: Caller, command: domain.CorrectLine, *, ref: LineRef) -> None:
    """Put right what was entered beside the paper."""
    _change(unit, caller, "intake.line.correct", command, ref)


@handles("intake.line.void", subjects=own("line"))
def void(unit: Unit, caller: Caller, command: domain.VoidLine, *, ref: LineRef) -> None:
    """An added line was entered in error."""
    _change(unit, caller, "intake.line.void", command, ref)


def counted(unit: Unit, handover_ref: HandoverRef) -> dict[str, int]:
    """How many lines of a hand-over stand in each status, and how the consulate answered."""
    rows = unit.select(LineRow, handover_ref=handover_ref)
    found = {status.value: sum(row["status"] == status for row in rows) for status in LineStatus}
    listed = [row for row in rows if row["status"] not in (LineStatus.ADDED, LineStatus.VOIDED)]
    for answer_code in ("CONFIRMED", "UNCLEAR", "REFUSED"):
        found[answer_code.lower()] = sum(row["nationality"] == answer_code for row in listed)
    return {name: count for name, count in found.items() if name != LineStatus.VOIDED}
