"""What a reader of a membership sees."""

from services.referrals.memberships.state import Membership
from shared.reading.answers import Read


class MembershipRead(Membership, Read):
    """A membership and what may be asked of it next."""
