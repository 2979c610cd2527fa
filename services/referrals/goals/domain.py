"""The rules of goals: in which part of life, by which service, whose part it is, and by when.

A goal that is no longer wanted is as good an end as one that was reached; it is the person's plan.
"""

from typing import assert_never

from services.referrals.goals.commands import STATUSES, CorrectGoal, EndGoal, GoalCommand, SetGoal, VoidGoal
from services.referrals.goals.state import Facts, Goal, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: Goal | None, command: GoalCommand, facts: Facts) -> Decided[Goal]:
    """What becomes of a goal."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, SetGoal):
        return _set(command, facts)
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
        case _:
            assert_never(command)


def _since_the_plan(facts: Facts) -> None:
    if facts.plan_opened_on is not None and facts.day < facts.plan_opened_on:
        raise Refused("before_the_plan")


def _set(command: SetGoal, facts: Facts) -> Decided[Goal]:
    if not facts.plan_open:
        raise Refused("plan_not_open")
    _since_the_plan(facts)
    goal = Goal(
        case_ref=facts.case_ref,
        plan_ref=command.plan_ref,
        status=Status.OPEN,
        domain=command.domain,
        service=command.service,
        responsible=command.responsible,
        due_on=command.due_on,
    )
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
    _since_the_plan(facts)
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
