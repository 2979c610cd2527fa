"""What is done with visits. Missed twice in a row, a search for the home is planned in the same unit."""

from datetime import date, timedelta

from services.referrals.facets import IntakeFacet
from services.referrals.followups import domain as ask
from services.referrals.followups import schedule
from services.referrals.followups.domain import Facts, Followup, PlanFollowup, Status, VisitNote, decide
from services.referrals.followups.tables import FollowupRow
from services.referrals.plans.handlers import is_open
from services.referrals.service_referrals.handlers import day_after
from shared.auth import Caller, authorise
from shared.contracts.referrals import FollowupKind
from shared.ids import CaseRef, Ref
from shared.model import Command, Model
from shared.storage.tables import state_of
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit

TRACE_WITHIN = timedelta(days=14)


def _private(command: Command) -> dict[str, Model]:
    note = getattr(command, "note", None)
    return {} if note is None else {"note": VisitNote(text=note)}


def _visits(unit: Unit, case_ref: CaseRef) -> list[Followup]:
    return [state_of(Followup, row) for row in unit.select(FollowupRow, case_ref=case_ref)]


def _facts(unit: Unit, ref: Ref, case_ref: CaseRef, due_on: date) -> Facts:
    missed = ask.missed_in_a_row(_visits(unit, case_ref), due_on)
    return Facts(followup_ref=ref, day=unit.effective_day, missed_before=missed, plan_open=is_open(unit, case_ref))


def _plan(unit: Unit, command: PlanFollowup, ref: Ref) -> None:
    """Plan a visit. The caller holds the case's lock."""
    state = unit.find(FollowupRow, Followup, ref)
    decided = decide(state, command, _facts(unit, ref, command.case_ref, command.due_on))
    unit.save(FollowupRow, ref, decided)
    _watch(unit, ref, decided.state)


def _watch(unit: Unit, ref: Ref, state: Followup) -> None:
    """A visit that waits is looked at again when its window has passed."""
    if state.status is Status.PLANNED:
        unit.later("followup_overdue", f"case/{state.case_ref}", day_after(state.closes_on), {"ref": ref})


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> Followup:
    case_ref = unit.peek(FollowupRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(FollowupRow, Followup, ref)
    decided = decide(state, command, _facts(unit, ref, case_ref, state.due_on))
    unit.save(FollowupRow, ref, decided, private=_private(command))
    _watch(unit, ref, decided.state)
    return decided.state


@handles("referrals.followup.plan", creates=True)
def plan(unit: Unit, caller: Caller, command: ask.PlanFollowup, *, ref: Ref) -> None:
    """Plan a visit beside the schedule."""
    authorise(unit, caller, "referrals.followup.plan", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}")
    _plan(unit, command, ref)


@handles("referrals.followup.record", subjects=case_of(FollowupRow))
def record(unit: Unit, caller: Caller, command: ask.RecordVisit, *, ref: Ref) -> None:
    """Record a visit that was made."""
    _change(unit, caller, command, "referrals.followup.record", ref)


@handles("referrals.followup.miss", subjects=case_of(FollowupRow))
def miss(unit: Unit, caller: Caller, command: ask.MissVisit, *, ref: Ref) -> None:
    """Record that a visit could not be made; after two in a row somebody goes and looks for the home."""
    state = _change(unit, caller, command, "referrals.followup.miss", ref)
    if ask.needs_home_trace(state) and not _tracing(unit, state.case_ref):
        day = unit.effective_day
        trace = PlanFollowup(
            case_ref=state.case_ref,
            kind=FollowupKind.HOME_TRACE,
            due_on=day,
            opens_on=day,
            closes_on=day + TRACE_WITHIN,
        )
        _plan(unit, trace, unit.derive(ref, "home_trace"))


def _tracing(unit: Unit, case_ref: CaseRef) -> bool:
    return any(
        visit.kind is FollowupKind.HOME_TRACE and visit.status is Status.PLANNED for visit in _visits(unit, case_ref)
    )


@handles("referrals.followup.cancel")
def cancel(unit: Unit, caller: Caller, command: ask.CancelFollowup, *, ref: Ref) -> None:
    """The visit is not to be made."""
    _change(unit, caller, command, "referrals.followup.cancel", ref)


@handles("referrals.followup.correct")
def correct(unit: Unit, caller: Caller, command: ask.CorrectFollowup, *, ref: Ref) -> None:
    """Put right what was recorded of the visit."""
    _change(unit, caller, command, "referrals.followup.correct", ref)


@handles("referrals.followup.void")
def void(unit: Unit, caller: Caller, command: ask.VoidFollowup, *, ref: Ref) -> None:
    """Take back a visit recorded in error."""
    _change(unit, caller, command, "referrals.followup.void", ref)


def plan_schedule(unit: Unit, case_ref: CaseRef) -> None:
    """Plan the visits that follow a return home. A later, better known day of return moves those not yet made."""
    unit.lock(f"case/{case_ref}")
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    if intake.home_on is None:
        return
    for number, visit in enumerate(schedule.visits(intake.home_on, child=intake.child, high_risk=False)):
        ref = unit.derive(case_ref, "scheduled_visit", str(number))
        state = unit.find(FollowupRow, Followup, ref)
        if state is None:
            command = PlanFollowup(
                case_ref=case_ref,
                kind=FollowupKind.SCHEDULED,
                due_on=visit.due_on,
                opens_on=visit.opens,
                closes_on=visit.closes,
            )
            _plan(unit, command, ref)
        elif state.status is Status.PLANNED:
            moved = ask.CorrectFollowup(due_on=visit.due_on)
            decided = decide(state, moved, _facts(unit, ref, case_ref, visit.due_on))
            unit.save(FollowupRow, ref, decided)
            _watch(unit, ref, decided.state)


def check_overdue(unit: Unit, ref: Ref) -> Followup:
    """The visit behind a deadline, as it stands now."""
    unit.lock(f"case/{unit.peek(FollowupRow, ref)['case_ref']}")
    state, _ = unit.load(FollowupRow, Followup, ref, change=False)
    return state
