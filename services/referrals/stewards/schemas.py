"""What a directory steward sees of the others."""

from services.referrals.stewards.state import Steward
from shared.model import C1, Name
from shared.reading.answers import Read


class StewardRead(Steward, Read):
    """A directory steward. `name` is absent in lists."""

    name: C1[Name | None] = None
