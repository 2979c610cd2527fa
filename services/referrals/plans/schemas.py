"""What a reader of a plan sees."""

from services.referrals.plans.state import Plan
from shared.reading.answers import Read


class PlanRead(Plan, Read):
    """A plan and what may be asked of it next."""
