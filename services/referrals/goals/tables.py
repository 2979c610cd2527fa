"""The table of goals. The goal in the person's own words is sealed under the case's key."""

from services.referrals.base import Base
from services.referrals.goals.state import Goal, GoalNote
from shared.model import C3
from shared.storage.tables import Thing, sealed


class GoalRow(Goal, Thing, Base, table=True):
    """One goal."""

    __tablename__ = "goal"
    note: bytes | None = sealed(GoalNote, C3, subject="case_ref")
