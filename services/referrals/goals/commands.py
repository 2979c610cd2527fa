"""What may be asked of a goal, and which of it each status allows."""

from services.referrals.goals.state import Responsible, Status
from shared.contracts.referrals import GoalResult, NearDay, PlanDomain, ServiceCode, VoidReason
from shared.ids import Ref
from shared.model import C3, Command, Correction, Narrative, StatusTable, left_out


class SetGoal(Command):
    """Add a goal to a plan."""

    ref: Ref | None = None
    plan_ref: Ref
    domain: PlanDomain
    service: ServiceCode | None = None
    responsible: Responsible
    due_on: NearDay
    note: C3[Narrative] | None = None


class EndGoal(Command):
    """Say how the goal ended."""

    result: GoalResult


class CorrectGoal(Correction):
    """Put right what was recorded of the goal."""

    domain: PlanDomain = left_out()
    service: ServiceCode | None = left_out()
    responsible: Responsible = left_out()
    due_on: NearDay = left_out()
    note: C3[Narrative] | None = left_out()


class VoidGoal(Command):
    """Take back a goal recorded in error."""

    reason: VoidReason


GoalCommand = SetGoal | EndGoal | CorrectGoal | VoidGoal

STATUSES = StatusTable(
    "goal",
    opening=frozenset({SetGoal}),
    allowed={
        Status.OPEN: frozenset({EndGoal, CorrectGoal, VoidGoal}),
        Status.ENDED: frozenset({EndGoal, CorrectGoal, VoidGoal}),
        Status.VOIDED: frozenset(),
    },
)
