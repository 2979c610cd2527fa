"""The table of plans: codes and days only, nothing to seal."""

from services.referrals.base import Base
from services.referrals.plans.state import Plan
from shared.storage.tables import Thing


class PlanRow(Plan, Thing, Base, table=True):
    """One plan."""

    __tablename__ = "plan"
