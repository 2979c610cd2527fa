"""When a plan may be closed: nothing is left open, and the person is safe, or a supervisor says why not to wait.

Money that ran out is never a silent end. Without a tried transfer such a closure is refused to everyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.referrals.followups.schedule import months_after
from shared.codes import labelled
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import GoalResult
from shared.errors import Refused

SAFE_HOME = "SAFE_AT_HOME"
OCCUPIED = frozenset({"IN_SCHOOL", "WORKING_LEGALLY"})
NOBODY_LEFT_TO_ASK = frozenset({"DECEASED", "DUPLICATE"})
NEEDS_TRANSFER = "FUNDING_ENDED"
MONTHS_OF_FOLLOWUP = {"adult": 12, "child": 24}


@labelled("closure_criterion")
class Criterion(StrEnum):
    """What has to be so before a plan is closed."""

    GOALS_ENDED = "goals_ended"
    SAFE_TWICE = "safe_home_on_two_visits"
    OCCUPIED = "at_school_or_legal_work"
    AGREES = "person_agrees"
    FOLLOWED_LONG_ENOUGH = "followed_long_enough"


@dataclass(frozen=True)
class OpenWork:
    """What is still open in the case, and what the visits found (the last one last)."""

    open_referrals: Count = 0
    planned_followups: Count = 0
    protection_open: bool = False
    goals: tuple[GoalResult | None, ...] = ()
    visits: Sequence[frozenset[str]] = ()
    last_visit_on: Day | None = None
    reintegrated_on: Day | None = None


def check_nothing_open(work: OpenWork) -> None:
    """Open requests, planned visits and an open protection task refuse every closure."""
    if work.open_referrals or work.planned_followups or work.protection_open:
        raise Refused(
            "work_is_open",
            open_referrals=work.open_referrals,
            planned_followups=work.planned_followups,
            protection_open=work.protection_open,
        )


def unmet(work: OpenWork, *, child: bool, agrees: bool, day: date) -> tuple[Criterion, ...]:
    """The criteria that do not hold on that day."""
    last = work.visits[-1] if work.visits else frozenset[str]()
    wanted = MONTHS_OF_FOLLOWUP["child" if child else "adult"]
    home = work.reintegrated_on
    holds = {
        Criterion.GOALS_ENDED: all(result in (GoalResult.MET, GoalResult.NO_LONGER_WANTED) for result in work.goals),
        Criterion.SAFE_TWICE: len(work.visits) > 1 and all(SAFE_HOME in found for found in work.visits[-2:]),
        Criterion.OCCUPIED: not child or bool(OCCUPIED & last),
        Criterion.AGREES: agrees,
        Criterion.FOLLOWED_LONG_ENOUGH: home is not None and day >= months_after(home, wanted),
    }
    return tuple(criterion for criterion, met in holds.items() if not met)
