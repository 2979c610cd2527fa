"""What is kept of a visit, what is asked of it about a day, and what a rule needs beside it.

Whether a visit is due or overdue is never stored. It is a question about a day, answered by `timing`, and a visit that
was made late was still made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.referrals.followups import schedule
from shared.codes import labelled
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Finding, FollowupKind, MissReason, ServiceCode
from shared.ids import CaseRef, Ref
from shared.model import C0, C1, C3, Model, Narrative


@labelled("followup_status")
class Status(StrEnum):
    """What became of the visit."""

    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


@labelled("followup_timing")
class Timing(StrEnum):
    """How a planned visit stands on a given day."""

    EARLY = "early"
    DUE = "due"
    OVERDUE = "overdue"


class Followup(Model):
    """One visit or call. The window says from when to when it counts as made in time."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    kind: C0[FollowupKind]
    due_on: C0[Day]
    opens_on: C0[Day]
    closes_on: C0[Day]
    service: C0[ServiceCode | None] = None
    visited_on: C0[Day | None] = None
    findings: C1[tuple[Finding, ...]] = ()
    reason: C0[MissReason | None] = None
    in_a_row: C0[Count] = 0


class VisitNote(Model):
    """What the visitor saw and heard."""

    text: C3[Narrative]


@dataclass(frozen=True)
class Facts:
    """Which visit, the day, how many visits before it were missed in a row, and since when there can be visits."""

    followup_ref: Ref
    day: Day
    missed_before: Count = 0
    plan_open: bool = True
    case_opened_on: Day | None = None
    home_on: Day | None = None


def timing(state: Followup, as_of: date) -> Timing | None:
    """How a planned visit stands on that day; nothing for one that is no longer planned."""
    if state.status is not Status.PLANNED:
        return None
    if as_of < state.opens_on:
        return Timing.EARLY
    return Timing.DUE if as_of <= state.closes_on else Timing.OVERDUE


def missed_in_a_row(visits: Iterable[Followup], before: date) -> int:
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
