"""The rules of a hand-over: announced by a list, counted at the gate, reconciled until every difference has a reason.

The surprise: the list is a paper of the sending side and is never corrected here. A nationality that is unclear or
refused is written down and stops nobody: the group arrives from every status but *cancelled*.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.intake.lines.domain import AddLine, AnswerLine, ListLine, ReconcileLine
from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake.handovers import Gate
from shared.contracts.leaves import Country
from shared.errors import Refused
from shared.ids import HandoverRef, OrganisationRef, Ref, StaffRef
from shared.model import Command, Correction, Decided, Model, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
Reason = Annotated[str, CodeOf("postponement_reason")]
HeadCount = Annotated[int, Field(ge=0, le=5000)]


class Status(StrEnum):
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


class Handover(Model):
    """A group of people given from one side of the border to the other."""

    status: Status
    organisation_ref: OrganisationRef
    signed_by: StaffRef
    country: Country
    gate: Gate
    planned_day: date
    announced: int
    present: int = 0
    absent: int = 0
    added: int = 0
    head_count: int | None = None
    countersigned_by: StaffRef | None = None
    arrived_day: date | None = None


class AnnounceHandover(Command):
    """A list from the sending authority, signed by who sends it."""

    ref: Ref | None = None
    country: Country
    gate: Gate
    planned_day: date
    lines: Annotated[tuple[ListLine, ...], Field(min_length=1, max_length=1000)]


class ConfirmHandover(Command):
    """The consulate answers, line by line, in as many requests as it needs."""

    lines: Annotated[tuple[AnswerLine, ...], Field(min_length=1, max_length=1000)]


class ArriveHandover(Command):
    """The group stands at the gate; the receiving officer counts heads and countersigns."""

    gate: Gate
    head_count: HeadCount


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
    """Put the gate, the day or the heads counted right; the list stays as received."""

    gate: Gate = left_out()
    planned_day: date = left_out()
    head_count: HeadCount = left_out()


class VoidHandover(Command):
    """Entered in error."""

    reason: VoidReason


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


@dataclass(frozen=True)
class Count:
    """The lines as they stand after the command: by what became of them, and by what the consulate said."""

    listed: int = 0
    present: int = 0
    absent: int = 0
    added: int = 0
    confirmed: int = 0
    unclear: int = 0
    refused: int = 0

    @property
    def unanswered(self) -> int:
        """Lines of the list without the consulate's answer; people added at the gate are not on the list."""
        return self.listed + self.present + self.absent - self.confirmed - self.unclear - self.refused


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    handover_ref: HandoverRef
    day: date
    organisation_ref: OrganisationRef
    by: StaffRef
    count: Count = Count()


def decide(state: Handover | None, command: Command, facts: Facts) -> Decided[Handover]:
    """What becomes of a hand-over."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    ref = facts.handover_ref
    if isinstance(command, AnnounceHandover):
        return _announce(command, facts)
    assert state is not None
    match command:
        case ConfirmHandover():
            return _confirm(state, facts)
        case ArriveHandover():
            return _arrive(state, command, facts)
        case ReconcileHandover():
            return _reconcile(state, facts)
        case CorrectHandover():
            return _correct(state, command, facts)
        case CloseHandover():
            return Decided(state.but(status=Status.CLOSED), (told.HandoverClosed(handover_ref=ref),))
        case PostponeHandover(reason=reason, planned_day=day):
            postponed = told.HandoverPostponed(handover_ref=ref, reason=reason, planned_day=day)
            return Decided(state.but(status=Status.POSTPONED, planned_day=day or state.planned_day), (postponed,))
        case CancelHandover(reason=reason):
            cancelled = told.HandoverCancelled(handover_ref=ref, reason=reason)
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case VoidHandover(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.HandoverVoided(handover_ref=ref, reason=reason),))
    raise AssertionError(command)


def _holds(state: Handover, command: Command, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case AnnounceHandover():
            return state.signed_by == facts.by and state.announced == len(command.lines)
        case ArriveHandover(gate=gate, head_count=heads):
            return (state.countersigned_by, state.gate, state.head_count) == (facts.by, gate, heads)
        case CloseHandover():
            return state.status is Status.CLOSED
        case CancelHandover():
            return state.status is Status.CANCELLED
        case _:
            return False


def _announce(command: AnnounceHandover, facts: Facts) -> Decided[Handover]:
    numbers = [line.number for line in command.lines]
    if len(set(numbers)) != len(numbers):
        raise Refused("line_number_twice")
    handover = Handover(
        status=Status.ANNOUNCED,
        organisation_ref=facts.organisation_ref,
        signed_by=facts.by,
        country=command.country,
        gate=command.gate,
        planned_day=command.planned_day,
        announced=len(command.lines),
    )
    announced = told.HandoverAnnounced(
        handover_ref=facts.handover_ref,
        organisation_ref=handover.organisation_ref,
        country=handover.country,
        gate=handover.gate,
        planned_day=handover.planned_day,
        announced=handover.announced,
    )
    return Decided(handover, (announced,))


def _confirm(state: Handover, facts: Facts) -> Decided[Handover]:
    """Envelope once every line has an answer. A group that is already there does not go back to *confirmed*."""
    count = facts.count
    if count.unanswered:
        return Decided(state)
    here = state.status in (Status.ARRIVED, Status.RECONCILED)
    after = state if here else state.but(status=Status.CONFIRMED)
    confirmed = told.HandoverConfirmed(
        handover_ref=facts.handover_ref, confirmed=count.confirmed, unclear=count.unclear, refused=count.refused
    )
    return Decided(after, (confirmed,))


def _arrive(state: Handover, command: ArriveHandover, facts: Facts) -> Decided[Handover]:
    after = state.but(
        status=Status.ARRIVED,
        gate=command.gate,
        head_count=command.head_count,
        countersigned_by=facts.by,
        arrived_day=facts.day,
    )
    arrived = told.HandoverArrived(
        handover_ref=facts.handover_ref, gate=command.gate, head_count=command.head_count, day=facts.day
    )
    return Decided(after, (arrived,))


def _reconcile(state: Handover, facts: Facts) -> Decided[Handover]:
    """Every line has an answer, and those present and added are exactly the heads that were counted."""
    count = facts.count
    if count.listed:
        raise Refused("lines_without_answer", lines=count.listed)
    if count.present + count.added != state.head_count:
        raise Refused("count_differs", counted=state.head_count, reconciled=count.present + count.added)
    after = state.but(status=Status.RECONCILED, present=count.present, absent=count.absent, added=count.added)
    if after == state:
        return Decided(state)
    reconciled = told.HandoverReconciled(
        handover_ref=facts.handover_ref,
        announced=state.announced,
        present=count.present,
        absent=count.absent,
        added=count.added,
    )
    return Decided(after, (reconciled,))


def _correct(state: Handover, command: CorrectHandover, facts: Facts) -> Decided[Handover]:
    if "head_count" in command.changes() and state.status not in (Status.ARRIVED, Status.RECONCILED):
        raise Refused("heads_not_open")
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    corrected = told.HandoverCorrected(
        handover_ref=facts.handover_ref, gate=after.gate, planned_day=after.planned_day, head_count=after.head_count
    )
    return Decided(after, (corrected,))
