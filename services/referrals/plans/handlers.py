"""What is done with plans. Whether a plan may be closed is looked at under the lock of its case."""

from services.referrals.facets import IntakeFacet
from services.referrals.followups import domain as followups
from services.referrals.followups.tables import FollowupRow
from services.referrals.goals import domain as goals
from services.referrals.goals.tables import GoalRow
from services.referrals.plans import domain as ask
from services.referrals.plans.closure import Work
from services.referrals.plans.domain import Facts, Plan, Status, Worker, decide
from services.referrals.plans.tables import PlanRow
from services.referrals.service_referrals import domain as requests
from services.referrals.service_referrals.tables import ServiceReferralRow
from shared.auth import SYSTEM, Caller, Role, authorise
from shared.contracts.referrals import FollowupKind
from shared.errors import NotFound
from shared.ids import CaseRef, Ref
from shared.model import Command
from shared.storage.tables import state_of
from shared.writing.handling import handles
from shared.writing.unit import Unit


def work_of(unit: Unit, case_ref: CaseRef) -> Work:
    """What is still open in a case, and what the visits found."""
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    visits = [state_of(followups.Followup, row) for row in unit.select(FollowupRow, case_ref=case_ref)]
    planned = [visit for visit in visits if visit.status is followups.Status.PLANNED]
    done = sorted(
        (visit for visit in visits if visit.status is followups.Status.DONE),
        key=lambda visit: (visit.visited_on or visit.due_on, visit.due_on),
    )
    wanted = [state_of(goals.Goal, row) for row in unit.select(GoalRow, case_ref=case_ref)]
    sent = unit.select(ServiceReferralRow, case_ref=case_ref)
    return Work(
        open_referrals=sum(requests.Status(row["status"]) in requests.OPEN for row in sent),
        planned_followups=len(planned),
        protection_open=intake.missing or any(visit.kind is FollowupKind.HOME_TRACE for visit in planned),
        goals=tuple(goal.result for goal in wanted if goal.status is not goals.Status.VOIDED),
        visits=tuple(frozenset(visit.findings) for visit in done),
        reintegrated_on=intake.home_on,
    )


def facts_of(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    """What a rule about a plan needs to know."""
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    others = (row for row in unit.select(PlanRow, case_ref=case_ref) if row["ref"] != ref)
    system = caller.role is Role.SYSTEM
    return Facts(
        plan_ref=ref,
        day=unit.effective_day,
        child=intake.child,
        implicated=frozenset(intake.implicated),
        supervisor=caller.role is Role.SUPERVISOR,
        by=None if system else Worker(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref),
        other_plan=any(row["status"] != Status.VOIDED for row in others),
        work=work_of(unit, case_ref),
    )


def is_open(unit: Unit, case_ref: CaseRef) -> bool:
    """Has the case a plan that is neither closed nor void?"""
    over = {Status.CLOSED, Status.VOIDED}
    return any(Status(row["status"]) not in over for row in unit.select(PlanRow, case_ref=case_ref))


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    case_ref = unit.peek(PlanRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(PlanRow, Plan, ref)
    unit.save(PlanRow, ref, decide(state, command, facts_of(unit, caller, ref, case_ref)))


@handles("referrals.plan.open", creates=True)
def open_plan(unit: Unit, caller: Caller, command: ask.OpenPlan, *, ref: Ref) -> None:
    """Open the plan of a case; whoever does is assigned to it."""
    authorise(unit, caller, "referrals.plan.open", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}")
    state = unit.find(PlanRow, Plan, ref)
    unit.save(PlanRow, ref, decide(state, command, facts_of(unit, caller, ref, command.case_ref)))


@handles("referrals.plan.assign", if_match=False)
def assign(unit: Unit, caller: Caller, command: ask.AssignPlan, *, ref: Ref) -> None:
    """Give the plan to somebody: whoever works on the case may, and the house that opened it."""
    case_ref = unit.peek(PlanRow, ref)["case_ref"]
    authorise(unit, caller, "referrals.plan.assign", f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    if not (caller.organisation_ref == intake.organisation_ref or unit.related(caller, f"case/{case_ref}")):
        raise NotFound()
    _change(unit, caller, command, "referrals.plan.assign", ref)


@handles("referrals.plan.release", if_match=False)
def release(unit: Unit, caller: Caller, command: ask.ReleasePlan, *, ref: Ref) -> None:
    """Somebody no longer works on the plan."""
    _change(unit, caller, command, "referrals.plan.release", ref)


@handles("referrals.plan.agree")
def agree(unit: Unit, caller: Caller, command: ask.AgreePlan, *, ref: Ref) -> None:
    """Record who signed the plan."""
    _change(unit, caller, command, "referrals.plan.agree", ref)


@handles("referrals.plan.begin")
def begin(unit: Unit, caller: Caller, command: ask.BeginPlan, *, ref: Ref) -> None:
    """Start the agreed work."""
    _change(unit, caller, command, "referrals.plan.begin", ref)


@handles("referrals.plan.close")
def close(unit: Unit, caller: Caller, command: ask.ClosePlan, *, ref: Ref) -> None:
    """Close the plan, and with it the case."""
    _change(unit, caller, command, "referrals.plan.close", ref)


@handles("referrals.plan.reopen")
def reopen(unit: Unit, caller: Caller, command: ask.ReopenPlan, *, ref: Ref) -> None:
    """Open a closed plan again."""
    _change(unit, caller, command, "referrals.plan.reopen", ref)


@handles("referrals.plan.correct")
def correct(unit: Unit, caller: Caller, command: ask.CorrectPlan, *, ref: Ref) -> None:
    """Put right the day on which the plan opened."""
    _change(unit, caller, command, "referrals.plan.correct", ref)


@handles("referrals.plan.void")
def void(unit: Unit, caller: Caller, command: ask.VoidPlan, *, ref: Ref) -> None:
    """Take back a plan opened in error."""
    _change(unit, caller, command, "referrals.plan.void", ref)


def void_plans(unit: Unit, case_ref: CaseRef, reason: str) -> None:
    """The case was entered in error, and its plan with it."""
    unit.lock(f"case/{case_ref}")
    for row in unit.select(PlanRow, case_ref=case_ref):
        state, _ = unit.load(PlanRow, Plan, row["ref"], change=False)
        if state.status is not Status.VOIDED:
            facts = facts_of(unit, SYSTEM, row["ref"], case_ref)
            unit.save(PlanRow, row["ref"], decide(state, ask.VoidPlan(reason=reason), facts))
