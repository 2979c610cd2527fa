"""The table of memberships: codes and days only, nothing to seal."""

from services.referrals.base import Base
from services.referrals.memberships.state import Membership
from shared.storage.tables import Thing


class MembershipRow(Membership, Thing, Base, table=True):
    """One membership."""

    __tablename__ = "membership"
