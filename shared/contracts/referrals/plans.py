"""Facts of the plan of a case and its goals. The plan opens with the case; its closure closes the case."""

from typing import ClassVar

from shared.contracts.leaves import Assigned, Count, Day, Released
from shared.contracts.referrals.terms import (
    ClosureReason,
    GoalResult,
    PlanDomain,
    ReopenReason,
    ServiceCode,
    Signatory,
    VoidReason,
)
from shared.ids import CaseRef, Ref
from shared.model import Event


class _OfPlan(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    plan_ref: Ref


class PlanOpened(_OfPlan):
    """The case has a plan, from the first day on."""

    type: ClassVar[str] = "referrals.plan.opened.v1"
    day: Day


class PlanAssigned(Assigned, _OfPlan):
    """Somebody now works on the plan."""

    type: ClassVar[str] = "referrals.plan.assigned.v1"


class PlanReleased(Released, _OfPlan):
    """Somebody no longer works on the plan."""

    type: ClassVar[str] = "referrals.plan.released.v1"


class PlanAgreed(_OfPlan):
    """Those who must agree to the plan have signed it."""

    type: ClassVar[str] = "referrals.plan.agreed.v1"
    signatories: tuple[Signatory, ...]
    goals: Count
    day: Day


class PlanBegun(_OfPlan):
    """Work on the agreed plan has begun."""

    type: ClassVar[str] = "referrals.plan.begun.v1"
    day: Day


class PlanClosed(_OfPlan):
    """The plan is closed, and with it the case."""

    type: ClassVar[str] = "referrals.plan.closed.v1"
    reason: ClosureReason
    day: Day
    overridden: bool


class PlanReopened(_OfPlan):
    """A closed plan is open again, on the same case."""

    type: ClassVar[str] = "referrals.plan.reopened.v1"
    reason: ReopenReason
    day: Day


class PlanCorrected(_OfPlan):
    """The day on which the plan opened was recorded wrongly."""

    type: ClassVar[str] = "referrals.plan.corrected.v1"
    day: Day


class PlanVoided(_OfPlan):
    """The plan was entered in error."""

    type: ClassVar[str] = "referrals.plan.voided.v1"
    reason: VoidReason


class _OfGoal(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    goal_ref: Ref
    domain: PlanDomain


class GoalSet(_OfGoal):
    """The plan names something to reach."""

    type: ClassVar[str] = "referrals.goal.set.v1"
    service: ServiceCode | None
    due_on: Day


class GoalEnded(_OfGoal):
    """A goal was reached or given up."""

    type: ClassVar[str] = "referrals.goal.ended.v1"
    result: GoalResult
    day: Day


class GoalCorrected(_OfGoal):
    """A goal was recorded wrongly."""

    type: ClassVar[str] = "referrals.goal.corrected.v1"
    service: ServiceCode | None
    due_on: Day


class GoalVoided(_OfGoal):
    """The goal was entered in error."""

    type: ClassVar[str] = "referrals.goal.voided.v1"
    reason: VoidReason
