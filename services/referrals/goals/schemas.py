"""What a reader of a goal sees."""

from services.referrals.goals.domain import Goal
from shared.ids import Ref
from shared.model import C3, CX, Narrative


class GoalRead(Goal):
    """A goal; its words, for those who may read them."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    note: C3[Narrative | None] = None
