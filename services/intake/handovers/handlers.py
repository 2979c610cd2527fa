"""Commands on hand-overs. Many lines go in one request and are answered line by line.

Where lines change too, the hand-over is saved once before them, unchanged, since the first thing saved is what the
answer is about.
"""

from collections.abc import Iterable
from dataclasses import replace

from services.intake.handovers import commands as ask
from services.intake.handovers import domain
from services.intake.handovers.commands import STATUSES, HandoverCommand
from services.intake.handovers.state import Count, Facts, Handover
from services.intake.handovers.tables import HANDOVER, HandoverRow
from services.intake.lines import handlers as lines
from services.intake.lines.commands import ListLine
from services.intake.lines.state import Line
from shared.auth import Caller
from shared.errors import Refused
from shared.ids import HandoverRef, LineRef, Subject, derived_ref
from shared.model import Decided
from shared.reading import LineReceipt, Reading
from shared.writing.commands import Commands, on_itself
from shared.writing.unit import Unit

Receipts = tuple[LineReceipt, ...]


def _line_ref(secret: bytes, handover_ref: HandoverRef, line: ListLine) -> LineRef:
    """The client's ref, or one that a repeated request finds again."""
    return line.ref or derived_ref(secret, handover_ref, "line", str(line.number))


def _listed(peek: Reading, command: ask.AnnounceHandover, *, ref: HandoverRef, **_: object) -> Iterable[str]:
    return [Subject("line", _line_ref(peek.kept.secret, ref, line)) for line in command.lines]


def _added(_peek: Reading, command: ask.ReconcileHandover, **_: object) -> Iterable[str]:
    return [Subject("line", line.ref) for line in command.added]


def _receipt(handover_ref: HandoverRef, line_ref: LineRef, status: str) -> LineReceipt:
    return LineReceipt(ref=line_ref, status=status, position=Subject("handover", handover_ref))


def _facts(unit: Unit, caller: Caller, _command: HandoverCommand, *, ref: HandoverRef, state: Handover | None) -> Facts:
    return Facts(
        handover_ref=ref, day=unit.effective_day, organisation_ref=caller.organisation_ref, by=caller.staff_ref
    )


HANDOVERS = Commands(
    "intake.handover",
    HandoverRow,
    Handover,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=on_itself("handover"),
    belonging=HANDOVER,
)
HANDOVERS.ordinary("arrive", ask.ArriveHandover)
HANDOVERS.ordinary("close", ask.CloseHandover)
HANDOVERS.ordinary("postpone", ask.PostponeHandover)
HANDOVERS.ordinary("cancel", ask.CancelHandover)
HANDOVERS.ordinary("correct", ask.CorrectHandover)
HANDOVERS.ordinary("void", ask.VoidHandover)


@HANDOVERS.does("announce", ask.AnnounceHandover, creates=True, subjects=_listed)
def announce(unit: Unit, caller: Caller, command: ask.AnnounceHandover, *, ref: HandoverRef) -> Receipts:
    """A list came from the sending authority, signed by who sends it. The list is what the request says, whole."""
    HANDOVERS.create(unit, caller, command, ref=ref)
    refs = [_line_ref(unit.kept.secret, ref, line) for line in command.lines]
    if unit.told:  # nothing is told of a list that was announced before
        for line_ref, line in zip(refs, command.lines, strict=True):
            lines.receive(unit, ref, line_ref, line, line.number)
    return tuple(_receipt(ref, line_ref, "listed") for line_ref in refs)


@HANDOVERS.does("confirm", ask.ConfirmHandover)
def confirm(unit: Unit, caller: Caller, command: ask.ConfirmHandover, *, ref: HandoverRef) -> Receipts:
    """The consulate answers for the nationality of some or all lines."""
    state = _begin(unit, caller, command, ref)
    done = [(line.line_ref, lines.answer(unit, ref, line)) for line in command.lines]
    return _end(unit, caller, command, ref, state, done)


@HANDOVERS.does("reconcile", ask.ReconcileHandover, subjects=_added)
def reconcile(unit: Unit, caller: Caller, command: ask.ReconcileHandover, *, ref: HandoverRef) -> Receipts:
    """What became of every line, and who stood there without one. All of it, or nothing."""
    state = _begin(unit, caller, command, ref)
    asked = [line.line_ref for line in command.lines]
    if len(set(asked)) != len(asked):
        raise Refused("line_answered_twice")
    done = [(line.line_ref, lines.answer(unit, ref, line)) for line in command.lines]
    number = state.announced + lines.counted(unit, ref)["added"]
    for place, line in enumerate(command.added, start=number + 1):
        done.append((line.ref, lines.receive(unit, ref, line.ref, line, place)))
    return _end(unit, caller, command, ref, state, done)


def _begin(unit: Unit, caller: Caller, command: HandoverCommand, ref: HandoverRef) -> Handover:
    """The hand-over under its lock, in a status that hears the command, as what the answer is about."""
    HANDOVERS.authorise(unit, caller, command, HANDOVER.places(unit, unit.peek(HandoverRow, ref)))
    unit.lock(Subject("handover", ref))
    HANDOVERS.authorise(unit, caller, command, HANDOVER.places(unit, unit.peek(HandoverRow, ref)))
    state, _ = unit.load(HandoverRow, Handover, ref)
    STATUSES.check(state.status, command)
    unit.save(HandoverRow, ref, Decided(state))
    return state


def _end(
    unit: Unit,
    caller: Caller,
    command: HandoverCommand,
    ref: HandoverRef,
    state: Handover,
    done: Iterable[tuple[LineRef, Line]],
) -> Receipts:
    """What the lines as they stand now make of the hand-over."""
    facts = replace(_facts(unit, caller, command, ref=ref, state=state), count=Count(**lines.counted(unit, ref)))
    unit.save(HandoverRow, ref, domain.decide(state, command, facts))
    return tuple(_receipt(ref, line_ref, line.status) for line_ref, line in done)
