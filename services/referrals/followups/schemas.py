"""What a reader of a visit sees. How it stands is computed for the day asked about."""

from services.referrals.followups.domain import Followup, Timing
from shared.ids import Ref
from shared.model import C3, CX, Narrative


class FollowupRead(Followup):
    """A visit; the visitor's words, for those who may read them."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    timing: Timing | None = None
    note: C3[Narrative | None] = None
