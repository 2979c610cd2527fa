"""What is done with the goals of a plan."""

from collections.abc import Iterable

from services.referrals.goals import domain as ask
from services.referrals.goals.domain import Facts, Goal, GoalNote, decide
from services.referrals.goals.tables import GoalRow
from services.referrals.plans.handlers import is_open
from services.referrals.plans.tables import PlanRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.ids import CaseRef, Ref
from shared.model import Command, Model
from shared.reading import Reading
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit


def _case_of_plan(peek: Reading, command: ask.SetGoal, *, ref: Ref) -> Iterable[str]:
    try:
        return [f"case/{peek.peek(PlanRow, command.plan_ref)['case_ref']}"]
    except NotFound:
        return []


def _private(command: Command) -> dict[str, Model | None]:
    """The note that came with the command; None empties it."""
    if "note" not in command.model_fields_set:
        return {}
    note = getattr(command, "note", None)
    return {"note": None if note is None else GoalNote(text=note)}


def _facts(unit: Unit, ref: Ref, case_ref: CaseRef) -> Facts:
    return Facts(goal_ref=ref, case_ref=case_ref, day=unit.effective_day, plan_open=is_open(unit, case_ref))


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    case_ref = unit.peek(GoalRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(GoalRow, Goal, ref)
    unit.save(GoalRow, ref, decide(state, command, _facts(unit, ref, case_ref)), private=_private(command))


@handles("referrals.goal.set", subjects=_case_of_plan, creates=True)
def set_goal(unit: Unit, caller: Caller, command: ask.SetGoal, *, ref: Ref) -> None:
    """Add a goal to a plan."""
    case_ref = unit.peek(PlanRow, command.plan_ref)["case_ref"]
    authorise(unit, caller, "referrals.goal.set", f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state = unit.find(GoalRow, Goal, ref)
    unit.save(GoalRow, ref, decide(state, command, _facts(unit, ref, case_ref)), private=_private(command))


@handles("referrals.goal.end")
def end(unit: Unit, caller: Caller, command: ask.EndGoal, *, ref: Ref) -> None:
    """Say how the goal ended."""
    _change(unit, caller, command, "referrals.goal.end", ref)


@handles("referrals.goal.correct", subjects=case_of(GoalRow))
def correct(unit: Unit, caller: Caller, command: ask.CorrectGoal, *, ref: Ref) -> None:
    """Put right what was recorded of the goal."""
    _change(unit, caller, command, "referrals.goal.correct", ref)


@handles("referrals.goal.void")
def void(unit: Unit, caller: Caller, command: ask.VoidGoal, *, ref: Ref) -> None:
    """Take back a goal recorded in error."""
    _change(unit, caller, command, "referrals.goal.void", ref)
