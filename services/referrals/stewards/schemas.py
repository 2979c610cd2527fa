"""What a directory steward sees of the others."""

from services.referrals.stewards.state import Steward
from shared.reading.answers import Read


class StewardRead(Steward, Read):
    """A directory steward."""
