"""What a reader of a goal sees."""

from services.referrals.goals.state import Goal
from shared.model import C3, Narrative
from shared.reading.answers import Read


class GoalRead(Goal, Read):
    """A goal; its words, for those who may read them."""

    note: C3[Narrative | None] = None
