"""What a reader of a visit sees. How it stands is computed for the day asked about."""

from services.referrals.followups.state import Followup, Timing
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read


class FollowupRead(Followup, Read):
    """A visit; the visitor's words, for those who may read them."""

    timing: C0[Timing | None] = None
    note: C3[Narrative | None] = None
