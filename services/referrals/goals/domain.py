"""What a plan wants to reach: in which part of life, by which service, whose part it is, and by when.

The surprise: a goal that is no longer wanted is as good an end as one that was reached; it is the person's plan.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts import referrals as told
from shared.contracts.leaves import Day
from shared.contracts.referrals import GoalResult, NearDay, PlanDomain, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.model import C3, Command, Correction, Decided, Model, Narrative, StatusTable, left_out


class Status(StrEnum):
    """Whether somebody still works towards the goal."""

    OPEN = "open"
    ENDED = "ended"
    VOIDED = "voided"


class Responsible(StrEnum):
    """Whose part it is."""

    PERSON = "PERSON"
    CAREGIVER = "CAREGIVER"
    CASEWORKER = "CASEWORKER"
    PROVIDER = "PROVIDER"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"


class Goal(Model):
    """One goal of a plan."""

    case_ref: CaseRef
    plan_ref: Ref
    status: Status
    domain: PlanDomain
    service: ServiceCode | None = None
    responsible: Responsible
    due_on: Day
    result: GoalResult | None = None
    ended_on: Day | None = None


class GoalNote(Model):
    """The goal in the person's own words."""

    text: C3[Narrative]


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


STATUSES = StatusTable(
    "goal",
    opening=frozenset({SetGoal}),
    allowed={
        Status.OPEN: frozenset({EndGoal, CorrectGoal, VoidGoal}),
        Status.ENDED: frozenset({EndGoal, CorrectGoal, VoidGoal}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which goal of which case, the day, and whether the plan can still take goals."""

    goal_ref: Ref
    case_ref: CaseRef
    day: Day
    plan_open: bool = True


def _set(state: Goal | None, command: SetGoal, facts: Facts) -> Decided[Goal]:
    goal = Goal(
        case_ref=facts.case_ref,
        plan_ref=command.plan_ref,
        status=Status.OPEN,
        domain=command.domain,
        service=command.service,
        responsible=command.responsible,
        due_on=command.due_on,
    )
    if state == goal:
        return Decided(goal)
    STATUSES.check(state and state.status, command)
    if not facts.plan_open:
        raise Refused("plan_not_open")
    event = told.GoalSet(
        case_ref=goal.case_ref,
        goal_ref=facts.goal_ref,
        domain=goal.domain,
        service=goal.service,
        due_on=goal.due_on,
    )
    return Decided(goal, (event,))


def _end(state: Goal, command: EndGoal, facts: Facts) -> Decided[Goal]:
    if state.result is command.result:
        return Decided(state)
    event = told.GoalEnded(
        case_ref=state.case_ref,
        goal_ref=facts.goal_ref,
        domain=state.domain,
        result=command.result,
        day=facts.day,
    )
    return Decided(state.but(status=Status.ENDED, result=command.result, ended_on=facts.day), (event,))


def _correct(state: Goal, command: CorrectGoal, facts: Facts) -> Decided[Goal]:
    corrected = command.applied_to(state)
    if corrected == state and "note" not in command.changes():
        return Decided(state)
    event = told.GoalCorrected(
        case_ref=state.case_ref,
        goal_ref=facts.goal_ref,
        domain=corrected.domain,
        service=corrected.service,
        due_on=corrected.due_on,
    )
    return Decided(corrected, (event,))


def decide(state: Goal | None, command: Command, facts: Facts) -> Decided[Goal]:
    """What becomes of a goal."""
    if isinstance(command, SetGoal):
        return _set(state, command, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    match command:
        case EndGoal():
            return _end(state, command, facts)
        case CorrectGoal():
            return _correct(state, command, facts)
        case VoidGoal():
            voided = told.GoalVoided(
                case_ref=state.case_ref, goal_ref=facts.goal_ref, domain=state.domain, reason=command.reason
            )
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
