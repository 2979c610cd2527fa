"""What may be asked of a hand-over, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.intake.handovers.state import Status
from services.intake.lines.commands import AddLine, AnswerLine, ListLine, ReconcileLine
from shared.codes import CodeOf
from shared.contracts.intake.handovers import Gate
from shared.contracts.leaves import Country
from shared.ids import OrganisationRef, Ref
from shared.model import Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
Reason = Annotated[str, CodeOf("postponement_reason")]
HeadCount = Annotated[int, Field(ge=0, le=5000)]


class AnnounceHandover(Command):
    """A list from the sending authority, signed by who sends it.

    It names who will receive the group at the gate, who takes it in, and the consulate that will answer. Without a
    receiver, whoever countersigns is it; without a consulate, the first that takes the list on.
    """

    ref: Ref | None = None
    country: Country
    gate: Gate
    planned_day: date
    receiver_ref: OrganisationRef | None = None
    host_ref: OrganisationRef | None = None
    consulate_ref: OrganisationRef | None = None
    lines: Annotated[tuple[ListLine, ...], Field(min_length=1, max_length=1000)]


class ConfirmHandover(Command):
    """The consulate answers, line by line, in as many requests as it needs.

    The first request takes the list on for it, where none was named; without lines it does only that.
    """

    lines: tuple[AnswerLine, ...] = Field(default=(), max_length=1000)


class ArriveHandover(Command):
    """The group stands at the gate; the receiving officer counts heads, countersigns, and may name who takes it in."""

    gate: Gate
    head_count: HeadCount
    host_ref: OrganisationRef | None = None


class ReconcileHandover(Command):
    """What became of every line, and who stood there without one."""

    lines: tuple[ReconcileLine, ...] = Field(default=(), max_length=1000)
    added: tuple[AddLine, ...] = Field(default=(), max_length=1000)


class CloseHandover(Command):
    """Nothing more is expected."""


class PostponeHandover(Command):
    """They come later."""

    reason: Reason
    planned_day: date | None = None


class CancelHandover(Command):
    """They do not come."""

    reason: Reason


class CorrectHandover(Correction):
    """Put the gate, the day, the heads counted or the host right; the list stays as received."""

    gate: Gate = left_out()
    planned_day: date = left_out()
    head_count: HeadCount = left_out()
    host_ref: OrganisationRef = left_out()


class VoidHandover(Command):
    """Entered in error."""

    reason: VoidReason


HandoverCommand = (
    AnnounceHandover
    | ConfirmHandover
    | ArriveHandover
    | ReconcileHandover
    | CloseHandover
    | PostponeHandover
    | CancelHandover
    | CorrectHandover
    | VoidHandover
)

_BEFORE: frozenset[type[Command]] = frozenset(
    {ConfirmHandover, ArriveHandover, PostponeHandover, CancelHandover, CorrectHandover, VoidHandover}
)

STATUSES = StatusTable(
    "handover",
    opening=frozenset({AnnounceHandover}),
    allowed={
        Status.ANNOUNCED: _BEFORE,
        Status.CONFIRMED: _BEFORE,
        Status.POSTPONED: _BEFORE,
        Status.ARRIVED: frozenset({ConfirmHandover, ReconcileHandover, CorrectHandover, VoidHandover}),
        Status.RECONCILED: frozenset(
            {ConfirmHandover, ReconcileHandover, CloseHandover, CorrectHandover, VoidHandover}
        ),
        Status.CLOSED: frozenset({CorrectHandover, VoidHandover}),
        Status.CANCELLED: frozenset({VoidHandover}),
        Status.VOIDED: frozenset(),
    },
)
