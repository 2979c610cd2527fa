"""Commands on the goals of a plan."""

from collections.abc import Iterable
from typing import Any

from services.referrals.goals import commands as ask
from services.referrals.goals import domain
from services.referrals.goals.commands import STATUSES, GoalCommand
from services.referrals.goals.state import Facts, Goal, GoalNote
from services.referrals.goals.tables import GoalRow
from services.referrals.plans.handlers import is_open
from services.referrals.plans.state import Plan
from services.referrals.plans.tables import PlanRow
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import CaseRef, Ref, Subject
from shared.model import Model
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.unit import Unit


def _case_of_plan(peek: Reading, plan_ref: Ref) -> CaseRef:
    case_ref: CaseRef = peek.peek(PlanRow, plan_ref)["case_ref"]
    return case_ref


def _setting(peek: Reading, command: ask.SetGoal, **_: object) -> Iterable[str]:
    try:
        return [Subject("case", _case_of_plan(peek, command.plan_ref))]
    except NotFound:
        return []


def _streams(peek: Reading, command: Any, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    return (Subject("case", _case_of_plan(peek, command.plan_ref) if row is None else row["case_ref"]),)


def _private(command: GoalCommand) -> dict[str, Model | None]:
    """The note that came with the command; None empties it."""
    if "note" not in command.model_fields_set:
        return {}
    note = getattr(command, "note", None)
    return {"note": None if note is None else GoalNote(text=note)}


def _facts(unit: Unit, _caller: Caller, command: GoalCommand, *, ref: Ref, state: Goal | None) -> Facts:
    of_plan = command if isinstance(command, ask.SetGoal) else state
    assert of_plan is not None
    plan, _ = unit.load(PlanRow, Plan, of_plan.plan_ref, change=False)
    return Facts(
        goal_ref=ref,
        case_ref=plan.case_ref,
        day=unit.effective_day,
        plan_open=is_open(unit, plan.case_ref),
        plan_opened_on=plan.opened_on,
    )


GOALS = Commands(
    "referrals.goal", GoalRow, Goal, STATUSES, domain.decide, facts=_facts, streams=_streams, private=_private
)
GOALS.ordinary("set", ask.SetGoal, subjects=_setting)
GOALS.ordinary("end", ask.EndGoal)
GOALS.ordinary("correct", ask.CorrectGoal, subjects=case_of(GoalRow))
GOALS.ordinary("void", ask.VoidGoal)
