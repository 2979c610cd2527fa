"""Commands on single lines, and what the hand-over does to them inside its own unit."""

from collections.abc import Iterable

from services.intake.lines import commands as ask
from services.intake.lines import domain
from services.intake.lines.commands import STATUSES, AddLine, AnswerLine, LineCommand, ListLine, ReconcileLine
from services.intake.lines.state import Facts, Line
from services.intake.lines.tables import LINE, LineRow
from shared.auth import Caller
from shared.contracts.intake import LineStatus
from shared.errors import Refused
from shared.ids import HandoverRef, LineRef, Subject
from shared.model import Command
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.handling import own
from shared.writing.unit import Unit


def receive(unit: Unit, handover_ref: HandoverRef, ref: LineRef, line: ListLine | AddLine, number: int) -> Line:
    """Store a line as it came, under its own key, once. What was received is written here and nowhere else."""
    if unit.known(LineRow, ref, line, under=handover_ref):
        return unit.load(LineRow, Line, ref, change=False)[0]
    facts = Facts(handover_ref=handover_ref, line_ref=ref, by=unit.caller.staff_ref, number=number)
    decided = domain.decide(None, line, facts)
    private = {"as_received": line.as_received, "remarks": getattr(line, "remarks", None)}
    unit.add(LineRow, ref, decided.state, decided.events, private=private)
    return decided.state


def answer(unit: Unit, handover_ref: HandoverRef, command: AnswerLine | ReconcileLine) -> Line:
    """What the consulate or the gate said of one line of this hand-over."""
    ref = command.line_ref
    state = unit.find(LineRow, Line, ref)
    if state is None or state.handover_ref != handover_ref:
        raise Refused("line_unknown")
    decided = domain.decide(state, command, Facts(handover_ref=handover_ref, line_ref=ref, by=unit.caller.staff_ref))
    unit.save(LineRow, ref, decided)
    return decided.state


def _streams(_peek: Reading, _command: Command, row: Row | None, _ref: LineRef) -> Iterable[Subject]:
    """A line speaks on the stream of its hand-over."""
    assert row is not None
    return (Subject("handover", row["handover_ref"]),)


def _facts(_unit: Unit, caller: Caller, _command: LineCommand, *, ref: LineRef, state: Line) -> Facts:
    return Facts(handover_ref=state.handover_ref, line_ref=ref, by=caller.staff_ref)


LINES = Commands(
    "intake.line",
    LineRow,
    Line,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    subjects=own("line"),
    belonging=LINE,
)
LINES.ordinary("correct", ask.CorrectLine)
LINES.ordinary("void", ask.VoidLine)


def counted(unit: Unit, handover_ref: HandoverRef) -> dict[str, int]:
    """How many lines of a hand-over stand in each status, and how the consulate answered."""
    rows = unit.select(LineRow, handover_ref=handover_ref)
    found = {status.value: sum(row["status"] == status for row in rows) for status in LineStatus}
    listed = [row for row in rows if row["status"] not in (LineStatus.ADDED, LineStatus.VOIDED)]
    for answer_code in ("CONFIRMED", "UNCLEAR", "REFUSED"):
        found[answer_code.lower()] = sum(row["nationality"] == answer_code for row in listed)
    return {name: count for name, count in found.items() if name != LineStatus.VOIDED}
