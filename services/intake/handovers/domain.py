"""The rules of a hand-over: announced by a list, counted at the gate, reconciled until every difference has a reason.

The list is a paper of the sending side and is never corrected here. A nationality that is unclear or refused is written
down and stops nobody: the group arrives from every status but *cancelled*.
"""

from typing import assert_never

from services.intake.handovers.commands import (
    STATUSES,
    AnnounceHandover,
    ArriveHandover,
    CancelHandover,
    CloseHandover,
    ConfirmHandover,
    CorrectHandover,
    HandoverCommand,
    PostponeHandover,
    ReconcileHandover,
    VoidHandover,
)
from services.intake.handovers.state import Facts, Handover, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: Handover | None, command: HandoverCommand, facts: Facts) -> Decided[Handover]:
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
            return _close(state, facts)
        case PostponeHandover(reason=reason, planned_day=day):
            postponed = told.HandoverPostponed(handover_ref=ref, reason=reason, planned_day=day)
            return Decided(state.but(status=Status.POSTPONED, planned_day=day or state.planned_day), (postponed,))
        case CancelHandover(reason=reason):
            cancelled = told.HandoverCancelled(handover_ref=ref, reason=reason)
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case VoidHandover(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.HandoverVoided(handover_ref=ref, reason=reason),))
        case _:
            assert_never(command)


def _holds(state: Handover, command: HandoverCommand, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case ArriveHandover(gate=gate, head_count=heads, host_ref=host):
            same = (state.countersigned_by, state.gate, state.head_count) == (facts.by, gate, heads)
            return same and host in (None, state.host_ref)
        case CloseHandover():
            return state.status is Status.CLOSED
        case CancelHandover():
            return state.status is Status.CANCELLED
        case _:
            return False


def _after_arrival(state: Handover, facts: Facts) -> None:
    """Who came is settled after they came."""
    if state.arrived_day is not None and facts.day < state.arrived_day:
        raise Refused("before_arrival")


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
        receiver_ref=command.receiver_ref,
        host_ref=command.host_ref,
        consulate_ref=command.consulate_ref,
    )
    announced = told.HandoverAnnounced(
        handover_ref=facts.handover_ref,
        organisation_ref=handover.organisation_ref,
        country=handover.country,
        gate=handover.gate,
        planned_day=handover.planned_day,
        announced=handover.announced,
        receiver_ref=handover.receiver_ref,
        host_ref=handover.host_ref,
    )
    return Decided(handover, (announced,))


def _close(state: Handover, facts: Facts) -> Decided[Handover]:
    _after_arrival(state, facts)
    return Decided(state.but(status=Status.CLOSED), (told.HandoverClosed(handover_ref=facts.handover_ref),))


def _confirm(state: Handover, facts: Facts) -> Decided[Handover]:
    """Once every line has an answer. A group that is already there does not go back to *confirmed*.

    Which consulate took a list on is nobody else's affair.
    """
    count = facts.count
    taken = state.but(consulate_ref=state.consulate_ref or facts.organisation_ref)
    if count.unanswered:
        return Decided(taken, own_matter=taken != state)
    here = state.status in (Status.ARRIVED, Status.RECONCILED)
    after = taken if here else taken.but(status=Status.CONFIRMED)
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
        receiver_ref=facts.organisation_ref,
        host_ref=command.host_ref or state.host_ref,
    )
    arrived = told.HandoverArrived(
        handover_ref=facts.handover_ref,
        gate=command.gate,
        head_count=command.head_count,
        day=facts.day,
        receiver_ref=after.receiver_ref,
        host_ref=after.host_ref,
    )
    return Decided(after, (arrived,))


def _reconcile(state: Handover, facts: Facts) -> Decided[Handover]:
    """Every line has an answer, and those present and added are exactly the heads that were counted."""
    _after_arrival(state, facts)
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
        handover_ref=facts.handover_ref,
        gate=after.gate,
        planned_day=after.planned_day,
        head_count=after.head_count,
        host_ref=after.host_ref,
    )
    return Decided(after, (corrected,))
