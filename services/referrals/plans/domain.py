"""The rules of a plan: it opens with its case, is agreed, worked on, and closed; its closure closes the case.

Help never waits for it. A plan that nobody has agreed to yet stops no service.
"""

from typing import assert_never

from services.referrals.plans import closure
from services.referrals.plans.commands import (
    STATUSES,
    AgreePlan,
    AssignPlan,
    BeginPlan,
    ClosePlan,
    CorrectPlan,
    OpenPlan,
    PlanCommand,
    ReleasePlan,
    ReopenPlan,
    VoidPlan,
)
from services.referrals.plans.state import Facts, Plan, Status, Worker
from shared.contracts import referrals as told
from shared.contracts.leaves import Day
from shared.contracts.referrals import Signatory
from shared.errors import Refused
from shared.model import Decided


def decide(state: Plan | None, command: PlanCommand, facts: Facts) -> Decided[Plan]:
    """What becomes of a plan."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, OpenPlan):
        return _open(command, facts)
    assert state is not None
    match command:
        case AssignPlan() | ReleasePlan():
            return _staff(state, command, facts)
        case AgreePlan():
            return _agree(state, command, facts)
        case BeginPlan():
            _since(state, facts)
            begun = told.PlanBegun(case_ref=state.case_ref, plan_ref=facts.plan_ref, day=facts.day)
            return Decided(state.but(status=Status.ACTIVE), (begun,))
        case ClosePlan():
            return _close(state, command, facts)
        case ReopenPlan():
            return _reopen(state, command, facts)
        case CorrectPlan():
            return _correct(state, command, facts)
        case VoidPlan():
            voided = told.PlanVoided(case_ref=state.case_ref, plan_ref=facts.plan_ref, reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _before(day: Day, earliest: Day | None) -> bool:
    return earliest is not None and day < earliest


def _since(state: Plan, facts: Facts) -> None:
    """What is done with a plan is done after it was opened and, once it is agreed, after that."""
    if facts.day < state.opened_on:
        raise Refused("before_the_plan")
    if _before(facts.day, state.agreed_on):
        raise Refused("before_the_agreement")


def _open(command: OpenPlan, facts: Facts) -> Decided[Plan]:
    if facts.other_plan:
        raise Refused("plan_known")
    if facts.by is not None and _before(facts.day, facts.case_opened_on):
        raise Refused("before_case_opened")
    plan = Plan(case_ref=command.case_ref, status=Status.OPENED, opened_on=facts.day)
    event = told.PlanOpened(case_ref=plan.case_ref, plan_ref=facts.plan_ref, day=facts.day)
    if facts.by is None:
        return Decided(plan, (event,))
    assigned = _staff(plan, AssignPlan(**facts.by.model_dump()), facts)
    return Decided(assigned.state, (event, *assigned.events))


def _staff(state: Plan, command: AssignPlan | ReleasePlan, facts: Facts) -> Decided[Plan]:
    worker = Worker(staff_ref=command.staff_ref, organisation_ref=command.organisation_ref)
    wanted = isinstance(command, AssignPlan)
    if (worker in state.workers) is wanted:
        return Decided(state)
    fact = told.PlanAssigned if wanted else told.PlanReleased
    event = fact(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        staff_ref=worker.staff_ref,
        organisation_ref=worker.organisation_ref,
        kind="PLAN",
    )
    others = tuple(kept for kept in state.workers if kept != worker)
    return Decided(state.but(workers=(*others, worker) if wanted else others), (event,))


def _signatures_needed(*, child: bool, implicated: bool) -> frozenset[Signatory]:
    """An adult signs alone; for a child a caregiver and social affairs do, and only these where one is implicated."""
    if not child:
        return frozenset({Signatory.PERSON, Signatory.SUPERVISOR})
    needed = frozenset({Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS})
    return needed if implicated else needed | {Signatory.CAREGIVER}


def _signed(command: AgreePlan, facts: Facts) -> set[Signatory]:
    """Who signed. Refuses a caregiver who may not, and where somebody is missing."""
    caregivers = [one.person_ref for one in command.signatures if one.party is Signatory.CAREGIVER]
    if facts.implicated and any(ref is None or ref in facts.implicated for ref in caregivers):
        raise Refused("caregiver_may_not_sign")
    signed = {one.party for one in command.signatures}
    missing = _signatures_needed(child=facts.child, implicated=bool(facts.implicated)) - signed
    if missing:
        raise Refused("signature_missing", missing=sorted(missing))
    return signed


def _agree(state: Plan, command: AgreePlan, facts: Facts) -> Decided[Plan]:
    if command.signatures == state.signatures:
        return Decided(state)
    if not facts.work.goals:
        raise Refused("plan_has_no_goal")
    signed = _signed(command, facts)
    if facts.day < state.opened_on:
        raise Refused("before_the_plan")
    event = told.PlanAgreed(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        signatories=tuple(sorted(signed)),
        goals=len(facts.work.goals),
        day=facts.day,
    )
    status = Status.ACTIVE if state.status is Status.ACTIVE else Status.AGREED
    return Decided(state.but(status=status, signatures=command.signatures, agreed_on=facts.day), (event,))


def _overridden(command: ClosePlan, facts: Facts) -> bool:
    """Whether the closure stands only because a supervisor said why not to wait. Refuses where nobody did."""
    closure.check_nothing_open(facts.work)
    if command.reason == closure.NEEDS_TRANSFER and not command.transfers:
        raise Refused("transfer_not_tried")
    if command.reason in closure.NOBODY_LEFT_TO_ASK:
        return False
    unmet = closure.unmet(facts.work, child=facts.child, agrees=command.person_agrees, day=facts.day)
    if unmet and (command.override is None or not facts.supervisor):
        raise Refused("criteria_not_met", unmet=[str(criterion) for criterion in unmet])
    return bool(unmet)


def _close(state: Plan, command: ClosePlan, facts: Facts) -> Decided[Plan]:
    _since(state, facts)
    if _before(facts.day, facts.work.last_visit_on):
        raise Refused("before_the_last_visit")
    overridden = _overridden(command, facts)
    event = told.PlanClosed(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        reason=command.reason,
        day=facts.day,
        overridden=overridden,
    )
    closed = state.but(
        status=Status.CLOSED,
        closed_on=facts.day,
        reason=command.reason,
        override=command.override if overridden else None,
        transfers=command.transfers,
    )
    return Decided(closed, (event,))


def _reopen(state: Plan, command: ReopenPlan, facts: Facts) -> Decided[Plan]:
    """What was agreed before the closure is agreed anew: life has changed since."""
    if _before(facts.day, state.closed_on):
        raise Refused("before_the_closure")
    opened = state.but(status=Status.OPENED, closed_on=None, reason=None, override=None, signatures=(), agreed_on=None)
    event = told.PlanReopened(case_ref=state.case_ref, plan_ref=facts.plan_ref, reason=command.reason, day=facts.day)
    return Decided(opened, (event,))


def _correct(state: Plan, command: CorrectPlan, facts: Facts) -> Decided[Plan]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    if _before(corrected.opened_on, facts.case_opened_on):
        raise Refused("before_case_opened")
    if any(_before(day, corrected.opened_on) for day in (state.agreed_on, state.closed_on) if day is not None):
        raise Refused("before_the_plan")
    event = told.PlanCorrected(case_ref=state.case_ref, plan_ref=facts.plan_ref, day=corrected.opened_on)
    return Decided(corrected, (event,))
