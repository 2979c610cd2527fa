"""Commands on hand-overs. Many lines go in one request and are answered line by line.

The surprise: where lines change too, the hand-over is saved once before them, unchanged, since the first thing saved is
what the answer is about.
"""

from collections.abc import Iterable
from typing import Any

from services.intake.handovers import domain
from services.intake.handovers.domain import Count, Handover
from services.intake.handovers.tables import HandoverRow
from services.intake.lines import handlers as lines
from services.intake.lines.domain import ListLine
from shared.auth import Caller, authorise
from shared.errors import Refused
from shared.ids import HandoverRef, LineRef, derived_ref
from shared.model import Command, Decided
from shared.reading import LineReceipt, Reading
from shared.writing.handling import handles
from shared.writing.unit import Unit

Receipts = tuple[LineReceipt, ...]


def _line_ref(secret: bytes, handover_ref: HandoverRef, line: ListLine) -> LineRef:
    """The client's ref, or one that a repeated request finds again."""
    return line.ref or derived_ref(secret, handover_ref, "line", str(line.number))


def _listed(peek: Reading, command: domain.AnnounceHandover, *, ref: HandoverRef, **_: Any) -> Iterable[str]:
    return [f"line/{_line_ref(peek.kept.secret, ref, line)}" for line in command.lines]


def _added(_peek: Reading, command: domain.ReconcileHandover, **_: Any) -> Iterable[str]:
    return [f"line/{line.ref}" for line in command.added]


def _facts(unit: Unit, caller: Caller, ref: HandoverRef, count: Count | None = None) -> domain.Facts:
    return domain.Facts(
        handover_ref=ref,
        day=unit.effective_day,
        organisation_ref=caller.organisation_ref,
        by=caller.staff_ref,
        count=count or Count(),
    )


def _count(unit: Unit, ref: HandoverRef) -> Count:
    return Count(**lines.counted(unit, ref))


@handles("intake.handover.announce", subjects=_listed, creates=True)
def announce(unit: Unit, caller: Caller, command: domain.AnnounceHandover, *, ref: HandoverRef) -> Receipts:
    """A list came from the sending authority, signed by who sends it."""
    authorise(unit, caller, "intake.handover.announce")
    unit.lock(f"handover/{ref}")
    state = unit.find(HandoverRow, Handover, ref)
    decided = domain.decide(state, command, _facts(unit, caller, ref))
    unit.save(HandoverRow, ref, decided)
    refs = [_line_ref(unit.kept.secret, ref, line) for line in command.lines]
    for line_ref, line in zip(refs, command.lines, strict=True):
        if decided.events:
            lines.receive(unit, ref, line_ref, line, line.number)
    return tuple(LineReceipt(ref=line_ref, status="listed", position=f"handover/{ref}") for line_ref in refs)


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: HandoverRef) -> None:
    unit.peek(HandoverRow, ref)
    authorise(unit, caller, action, f"handover/{ref}")
    unit.lock(f"handover/{ref}")
    state, _ = unit.load(HandoverRow, Handover, ref)
    unit.save(HandoverRow, ref, domain.decide(state, command, _facts(unit, caller, ref)))


@handles("intake.handover.confirm")
def confirm(unit: Unit, caller: Caller, command: domain.ConfirmHandover, *, ref: HandoverRef) -> Receipts:
    """The consulate answers for the nationality of some or all lines."""
    unit.peek(HandoverRow, ref)
    authorise(unit, caller, "intake.handover.confirm", f"handover/{ref}")
    unit.lock(f"handover/{ref}")
    state, _ = unit.load(HandoverRow, Handover, ref)
    domain.STATUSES.check(state.status, command)
    unit.save(HandoverRow, ref, Decided(state))
    answered = [(line.line_ref, lines.answer(unit, ref, line.line_ref, line)) for line in command.lines]
    unit.save(HandoverRow, ref, domain.decide(state, command, _facts(unit, caller, ref, _count(unit, ref))))
    return tuple(
        LineReceipt(ref=line_ref, status=line.status, position=f"handover/{ref}") for line_ref, line in answered
    )


@handles("intake.handover.arrive")
def arrive(unit: Unit, caller: Caller, command: domain.ArriveHandover, *, ref: HandoverRef) -> None:
    """The group stands at the gate; heads are counted and the receiving officer countersigns."""
    _change(unit, caller, "intake.handover.arrive", command, ref)


@handles("intake.handover.reconcile", subjects=_added)
def reconcile(unit: Unit, caller: Caller, command: domain.ReconcileHandover, *, ref: HandoverRef) -> Receipts:
    """What became of every line, and who stood there without one. All of it, or nothing."""
    unit.peek(HandoverRow, ref)
    authorise(unit, caller, "intake.handover.reconcile", f"handover/{ref}")
    unit.lock(f"handover/{ref}")
    state, _ = unit.load(HandoverRow, Handover, ref)
    domain.STATUSES.check(state.status, command)
    unit.save(HandoverRow, ref, Decided(state))
    asked = [line.line_ref for line in command.lines]
    if len(set(asked)) != len(asked):
        raise Refused("line_answered_twice")
    done = [(line.line_ref, lines.answer(unit, ref, line.line_ref, line)) for line in command.lines]
    number = state.announced + lines.counted(unit, ref)["added"]
    for place, line in enumerate(command.added, start=number + 1):
        done.append((line.ref, lines.receive(unit, ref, line.ref, line, place)))
    unit.save(HandoverRow, ref, domain.decide(state, command, _facts(unit, caller, ref, _count(unit, ref))))
    return tuple(LineReceipt(ref=line_ref, status=line.status, position=f"handover/{ref}") for line_ref, line in done)


@handles("intake.handover.close")
def close(unit: Unit, caller: Caller, command: domain.CloseHandover, *, ref: HandoverRef) -> None:
    """Nothing more is expected."""
    _change(unit, caller, "intake.handover.close", command, ref)


@handles("intake.handover.postpone")
def postpone(unit: Unit, caller: Caller, command: domain.PostponeHandover, *, ref: HandoverRef) -> None:
    """They come later."""
    _change(unit, caller, "intake.handover.postpone", command, ref)


@handles("intake.handover.cancel")
def cancel(unit: Unit, caller: Caller, command: domain.CancelHandover, *, ref: HandoverRef) -> None:
    """They do not come."""
    _change(unit, caller, "intake.handover.cancel", command, ref)


@handles("intake.handover.correct")
def correct(unit: Unit, caller: Caller, command: domain.CorrectHandover, *, ref: HandoverRef) -> None:
    """Put the gate, the day or the heads counted right."""
    _change(unit, caller, "intake.handover.correct", command, ref)


@handles("intake.handover.void")
def void(unit: Unit, caller: Caller, command: domain.VoidHandover, *, ref: HandoverRef) -> None:
    """The hand-over was entered in error."""
    _change(unit, caller, "intake.handover.void", command, ref)
