"""Commands on visits. Missed twice in a row, a search for the home is planned in the same unit."""

from datetime import timedelta

from services.referrals.facets import IntakeFacet
from services.referrals.followups import commands as ask
from services.referrals.followups import domain, schedule
from services.referrals.followups.commands import STATUSES, FollowupCommand
from services.referrals.followups.state import Facts, Followup, Status, VisitNote, missed_in_a_row, needs_home_trace
from services.referrals.followups.tables import FollowupRow
from services.referrals.plans.handlers import is_open
from services.referrals.service_referrals.handlers import day_after
from shared.auth import SYSTEM, Caller
from shared.contracts.referrals import FollowupKind
from shared.ids import CaseRef, Ref, Subject
from shared.model import Decided, Model
from shared.storage.tables import state_of
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.unit import Unit

TRACE_WITHIN = timedelta(days=14)


def _private(command: FollowupCommand) -> dict[str, Model]:
    note = getattr(command, "note", None)
    return {} if note is None else {"note": VisitNote(text=note)}


def _visits(unit: Unit, case_ref: CaseRef) -> list[Followup]:
    return [state_of(Followup, row) for row in unit.select(FollowupRow, case_ref=case_ref)]


def _facts(unit: Unit, _caller: Caller, command: FollowupCommand, *, ref: Ref, state: Followup | None) -> Facts:
    visit = command if isinstance(command, ask.PlanFollowup) else state
    assert visit is not None
    intake = unit.facet(Subject("case", visit.case_ref), "intake", IntakeFacet)
    return Facts(
        followup_ref=ref,
        day=unit.effective_day,
        missed_before=missed_in_a_row(_visits(unit, visit.case_ref), visit.due_on),
        plan_open=is_open(unit, visit.case_ref),
        case_opened_on=intake.opened_on,
        home_on=intake.home_on,
    )


def _after(unit: Unit, caller: Caller, *, ref: Ref, before: Followup | None, decided: Decided[Followup]) -> None:
    """A visit that waits is looked at again when its window has passed; one just missed may ask for a search."""
    visit = decided.state
    if visit.status is Status.PLANNED:
        unit.later("followup_overdue", Subject("case", visit.case_ref), day_after(visit.closes_on), {"ref": ref})
    just_missed = before is not None and before.status is Status.PLANNED and needs_home_trace(visit)
    if just_missed and not _tracing(unit, visit.case_ref):
        _plan_trace(unit, visit.case_ref, unit.derive(ref, "home_trace"))


def _tracing(unit: Unit, case_ref: CaseRef) -> bool:
    return any(
        visit.kind is FollowupKind.HOME_TRACE and visit.status is Status.PLANNED for visit in _visits(unit, case_ref)
    )


def _plan_trace(unit: Unit, case_ref: CaseRef, ref: Ref) -> None:
    day = unit.effective_day
    trace = ask.PlanFollowup(
        case_ref=case_ref,
        kind=FollowupKind.HOME_TRACE,
        due_on=day,
        opens_on=day,
        closes_on=day + TRACE_WITHIN,
    )
    FOLLOWUPS.carry_out(unit, SYSTEM, trace, ref=ref)


FOLLOWUPS = Commands(
    "referrals.followup",
    FollowupRow,
    Followup,
    STATUSES,
    domain.decide,
    facts=_facts,
    private=_private,
    after=_after,
)
FOLLOWUPS.ordinary("plan", ask.PlanFollowup)
FOLLOWUPS.ordinary("record", ask.RecordVisit, subjects=case_of(FollowupRow))
FOLLOWUPS.ordinary("miss", ask.MissVisit, subjects=case_of(FollowupRow))
FOLLOWUPS.ordinary("cancel", ask.CancelFollowup)
FOLLOWUPS.ordinary("correct", ask.CorrectFollowup)
FOLLOWUPS.ordinary("void", ask.VoidFollowup)


def plan_schedule(unit: Unit, case_ref: CaseRef) -> None:
    """Plan the visits that follow a return home. A later, better known day of return moves those not yet made."""
    case = Subject("case", case_ref)
    unit.lock(case)
    intake = unit.facet(case, "intake", IntakeFacet)
    if intake.home_on is None:
        return
    for number, visit in enumerate(schedule.visits(intake.home_on, child=intake.child, high_risk=False)):
        ref = unit.derive(case_ref, "scheduled_visit", str(number))
        state = unit.find(FollowupRow, Followup, ref)
        if state is None:
            command = ask.PlanFollowup(
                case_ref=case_ref,
                kind=FollowupKind.SCHEDULED,
                due_on=visit.due_on,
                opens_on=visit.opens,
                closes_on=visit.closes,
            )
            FOLLOWUPS.carry_out(unit, SYSTEM, command, ref=ref)
        elif state.status is Status.PLANNED:
            FOLLOWUPS.carry_out(unit, SYSTEM, ask.CorrectFollowup(due_on=visit.due_on), ref=ref)


def check_overdue(unit: Unit, ref: Ref) -> Followup:
    """The visit behind a deadline, as it stands now."""
    unit.lock(Subject("case", unit.peek(FollowupRow, ref)["case_ref"]))
    state, _ = unit.load(FollowupRow, Followup, ref, change=False)
    return state
