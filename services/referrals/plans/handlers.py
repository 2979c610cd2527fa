"""Commands on plans. Whether a plan may be closed is looked at under the lock of its case."""

from services.referrals.facets import IntakeFacet
from services.referrals.followups.state import Followup
from services.referrals.followups.state import Status as VisitStatus
from services.referrals.followups.tables import FollowupRow
from services.referrals.goals.state import Goal
from services.referrals.goals.state import Status as GoalStatus
from services.referrals.goals.tables import GoalRow
from services.referrals.plans import commands as ask
from services.referrals.plans import domain
from services.referrals.plans.closure import OpenWork
from services.referrals.plans.commands import STATUSES, PlanCommand
from services.referrals.plans.state import Facts, Plan, Status, Worker
from services.referrals.plans.tables import PlanRow
from services.referrals.service_referrals import state as requests
from services.referrals.service_referrals.tables import ServiceReferralRow
from shared.auth import SYSTEM, Caller, Role, may
from shared.contracts.referrals import FollowupKind
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef, Subject
from shared.model import Decided
from shared.storage.tables import state_of
from shared.writing import leaving
from shared.writing.commands import Commands
from shared.writing.naming import named_by_holder
from shared.writing.unit import Unit


def _work(unit: Unit, case_ref: CaseRef, intake: IntakeFacet) -> OpenWork:
    """What is still open in a case, and what the visits found."""
    visits = [state_of(Followup, row) for row in unit.select(FollowupRow, case_ref=case_ref)]
    planned = [visit for visit in visits if visit.status is VisitStatus.PLANNED]
    done = sorted(
        (visit for visit in visits if visit.status is VisitStatus.DONE),
        key=lambda visit: (visit.visited_on or visit.due_on, visit.due_on),
    )
    wanted = [state_of(Goal, row) for row in unit.select(GoalRow, case_ref=case_ref)]
    sent = unit.select(ServiceReferralRow, case_ref=case_ref)
    return OpenWork(
        open_referrals=sum(requests.Status(row["status"]) in requests.OPEN for row in sent),
        planned_followups=len(planned),
        protection_open=intake.missing or any(visit.kind is FollowupKind.HOME_TRACE for visit in planned),
        goals=tuple(goal.result for goal in wanted if goal.status is not GoalStatus.VOIDED),
        visits=tuple(frozenset(visit.findings) for visit in done),
        last_visit_on=max((visit.visited_on for visit in done if visit.visited_on), default=None),
        reintegrated_on=intake.home_on,
    )


def _facts(unit: Unit, caller: Caller, command: PlanCommand, *, ref: Ref, state: Plan | None) -> Facts:
    of_case = command if isinstance(command, ask.OpenPlan) else state
    assert of_case is not None
    case_ref = of_case.case_ref
    intake = unit.facet(Subject("case", case_ref), "intake", IntakeFacet)
    others = (row for row in unit.select(PlanRow, case_ref=case_ref) if row["ref"] != ref)
    system = caller.role is Role.SYSTEM
    return Facts(
        plan_ref=ref,
        day=unit.effective_day,
        case_opened_on=intake.opened_on,
        child=intake.child,
        implicated=frozenset(intake.implicated),
        supervisor=may(unit, caller, "referrals.plan.close_before_its_time", Subject("case", case_ref)),
        by=None if system else Worker(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref),
        other_plan=any(row["status"] != Status.VOIDED for row in others),
        work=_work(unit, case_ref, intake),
    )


def is_open(unit: Unit, case_ref: CaseRef) -> bool:
    """Has the case a plan that is neither closed nor void?"""
    over = {Status.CLOSED, Status.VOIDED}
    return any(Status(row["status"]) not in over for row in unit.select(PlanRow, case_ref=case_ref))


def _named(unit: Unit, _caller: Caller, *, ref: Ref, before: Plan | None, decided: Decided[Plan]) -> None:
    if before is not None and before.deserted and not decided.state.deserted:
        leaving.answered(unit, Subject("case", decided.state.case_ref), ref)


OTHERS = "referrals.plan.assign_others"
PLANS = Commands(
    "referrals.plan",
    PlanRow,
    Plan,
    STATUSES,
    domain.decide,
    facts=_facts,
    after=_named,
    admits=named_by_holder(
        PlanRow, {ask.AssignPlan: OTHERS, ask.ReleasePlan: OTHERS}, leaving=frozenset({ask.ReleasePlan})
    ),
)
PLANS.ordinary("open", ask.OpenPlan)
PLANS.ordinary("assign", ask.AssignPlan, if_match=False)
PLANS.ordinary("release", ask.ReleasePlan, if_match=False)
PLANS.ordinary("agree", ask.AgreePlan)
PLANS.ordinary("begin", ask.BeginPlan)
PLANS.ordinary("close", ask.ClosePlan)
PLANS.ordinary("reopen", ask.ReopenPlan)
PLANS.ordinary("correct", ask.CorrectPlan)
PLANS.ordinary("void", ask.VoidPlan)


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: they work on no plan any more, and people are called where nobody else does."""
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        for row in unit.select(PlanRow, case_ref=subject.removeprefix("case/")):
            _let_go(unit, row["ref"], ask.ReleasePlan(staff_ref=staff_ref, organisation_ref=organisation_ref))


def _let_go(unit: Unit, ref: Ref, command: ask.ReleasePlan) -> None:
    state, _ = unit.load(PlanRow, Plan, ref, change=False)
    if state.status is Status.VOIDED:
        return
    decided = domain.decide(state, command, _facts(unit, unit.caller, command, ref=ref, state=state))
    unit.save(PlanRow, ref, decided)
    if decided.state.deserted:
        leaving.call_people(unit, Subject("case", state.case_ref), ref)


def deserted(unit: Unit, ref: Ref) -> bool:
    """Whether a plan is under way, and nobody works on it."""
    return state_of(Plan, unit.peek(PlanRow, ref)).deserted


def void_plans(unit: Unit, case_ref: CaseRef, reason: str) -> None:
    """The case was entered in error, and its plan with it."""
    unit.lock(Subject("case", case_ref))
    for row in unit.select(PlanRow, case_ref=case_ref):
        if row["status"] != Status.VOIDED:
            PLANS.carry_out(unit, SYSTEM, ask.VoidPlan(reason=reason), ref=row["ref"])
