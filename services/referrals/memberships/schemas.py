"""What a reader of a membership sees."""

from services.referrals.memberships.domain import Membership
from shared.ids import Ref
from shared.model import CX


class MembershipRead(Membership):
    """A membership and what may be asked of it next."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
