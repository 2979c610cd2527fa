"""Visits after the return home: planned from the day somebody came home, made or missed, and looked after when missed.

The surprise: whether a visit is due or overdue is never stored. It is a question about a day, answered by `timing`, and
a visit that was made late was still made.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.referrals.followups import schedule
from shared.contracts import referrals as told
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import CancelReason, Finding, FollowupKind, MissReason, NearDay, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.model import C3, Command, Correction, Decided, Model, Narrative, StatusTable, left_out

VISITS = frozenset({"MON-VISIT", "MON-CALL"})


class Status(StrEnum):
    """What became of the visit."""

    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


class Timing(StrEnum):
    """How a planned visit stands on a given day."""

    EARLY = "early"
    DUE = "due"
    OVERDUE = "overdue"


class Followup(Model):
    """One visit or call. The window says from when to when it counts as made in time."""

    case_ref: CaseRef
    status: Status
    kind: FollowupKind
    due_on: Day
    opens_on: Day
    closes_on: Day
    service: ServiceCode | None = None
    visited_on: Day | None = None
    findings: tuple[Finding, ...] = ()
    reason: MissReason | None = None
    in_a_row: Count = 0


class VisitNote(Model):
    """What the visitor saw and heard."""

    text: C3[Narrative]


class PlanFollowup(Command):
    """Plan a visit around a day."""

    ref: Ref | None = None
    case_ref: CaseRef
    kind: FollowupKind = FollowupKind.EXTRA
    due_on: NearDay
    opens_on: NearDay | None = None
    closes_on: NearDay | None = None


class RecordVisit(Command):
    """Record a visit that was made, and what was found."""

    service: ServiceCode
    findings: tuple[Finding, ...] = Field(default=(), max_length=30)
    note: C3[Narrative] | None = None


class MissVisit(Command):
    """Record that the visit could not be made, and why."""

    reason: MissReason
    note: C3[Narrative] | None = None


class CancelFollowup(Command):
    """The visit is not to be made."""

    reason: CancelReason


class CorrectFollowup(Correction):
    """Put right what was recorded."""

    due_on: NearDay = left_out()
    findings: Annotated[tuple[Finding, ...], Field(max_length=30)] = left_out()


class VoidFollowup(Command):
    """Take back a visit recorded in error."""

    reason: VoidReason


_PAST: frozenset[type[Command]] = frozenset({CorrectFollowup, VoidFollowup})

STATUSES = StatusTable(
    "followup",
    opening=frozenset({PlanFollowup}),
    allowed={
        Status.PLANNED: _PAST | {RecordVisit, MissVisit, CancelFollowup},
        Status.DONE: _PAST,
        Status.MISSED: _PAST,
        Status.CANCELLED: frozenset({VoidFollowup}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which visit, the day, and how many visits before it were missed in a row."""

    followup_ref: Ref
    day: Day
    missed_before: Count = 0
    plan_open: bool = True


def timing(state: Followup, as_of: date) -> Timing | None:
    """How a planned visit stands on that day; nothing for one that is no longer planned."""
    if state.status is not Status.PLANNED:
        return None
    if as_of < state.opens_on:
        return Timing.EARLY
    return Timing.DUE if as_of <= state.closes_on else Timing.OVERDUE


def missed_in_a_row(visits: list[Followup], before: date) -> int:
    """How many visits due before that day were missed one after the other, counted back from it."""
    told_of = [visit for visit in visits if visit.status in (Status.DONE, Status.MISSED) and visit.due_on < before]
    count = 0
    for visit in sorted(told_of, key=lambda visit: visit.due_on, reverse=True):
        if visit.status is Status.DONE:
            break
        count += 1
    return count


def needs_home_trace(state: Followup) -> bool:
    """Missed twice in a row: somebody goes and looks for the home. A trace that fails asks for no other trace."""
    return (
        state.status is Status.MISSED
        and state.kind is not FollowupKind.HOME_TRACE
        and schedule.asks_for_tracing(state.in_a_row)
    )


def _plan(state: Followup | None, command: PlanFollowup, facts: Facts) -> Decided[Followup]:
    opens, closes = command.opens_on or command.due_on, command.closes_on or command.due_on
    planned = Followup(
        case_ref=command.case_ref,
        status=Status.PLANNED,
        kind=command.kind,
        due_on=command.due_on,
        opens_on=opens,
        closes_on=closes,
    )
    if state == planned:
        return Decided(planned)
    STATUSES.check(state and state.status, command)
    if not opens <= command.due_on <= closes:
        raise Refused("window_without_the_day")
    if not facts.plan_open:
        raise Refused("plan_not_open")
    event = told.FollowupPlanned(
        case_ref=command.case_ref, followup_ref=facts.followup_ref, kind=command.kind, due_on=command.due_on
    )
    return Decided(planned, (event,))


def _done(state: Followup, command: RecordVisit, facts: Facts) -> Decided[Followup]:
    if command.service not in VISITS:
        raise Refused("not_a_visit")
    findings = tuple(sorted(set(command.findings)))
    event = told.FollowupDone(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        service=command.service,
        findings=findings,
        day=facts.day,
    )
    done = state.but(status=Status.DONE, service=command.service, findings=findings, visited_on=facts.day)
    return Decided(done, (event,))


def _missed(state: Followup, command: MissVisit, facts: Facts) -> Decided[Followup]:
    in_a_row = facts.missed_before + 1
    event = told.FollowupMissed(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        reason=command.reason,
        in_a_row=in_a_row,
        day=facts.day,
    )
    return Decided(state.but(status=Status.MISSED, reason=command.reason, in_a_row=in_a_row), (event,))


def _correct(state: Followup, command: CorrectFollowup, facts: Facts) -> Decided[Followup]:
    """A visit moved to another day keeps the width of its window. Only a visit that was made has findings."""
    said = command.applied_to(state)
    findings = tuple(sorted(set(said.findings)))
    if findings and state.status is not Status.DONE:
        raise Refused("nothing_was_found_yet")
    moved = said.due_on - state.due_on
    corrected = said.but(opens_on=state.opens_on + moved, closes_on=state.closes_on + moved, findings=findings)
    if corrected == state:
        return Decided(state)
    event = told.FollowupCorrected(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        due_on=corrected.due_on,
        findings=findings,
    )
    return Decided(corrected, (event,))


def decide(state: Followup | None, command: Command, facts: Facts) -> Decided[Followup]:
    """What becomes of a visit."""
    if isinstance(command, PlanFollowup):
        return _plan(state, command, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    about = {"case_ref": state.case_ref, "followup_ref": facts.followup_ref, "kind": state.kind}
    match command:
        case RecordVisit():
            return _done(state, command, facts)
        case MissVisit():
            return _missed(state, command, facts)
        case CorrectFollowup():
            return _correct(state, command, facts)
        case CancelFollowup():
            cancelled = told.FollowupCancelled.model_validate(about | {"reason": command.reason})
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case VoidFollowup():
            voided = told.FollowupVoided.model_validate(about | {"reason": command.reason})
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
