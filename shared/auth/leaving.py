"""Who left an organisation, and since when they are back: what is shut to them, and what of theirs counts no more.

The register of staff tells both on the organisation's stream, and a part of the kind GONE says it in every service.
While somebody is away it shuts all there is. What they had before they came back never counts again.
"""

from datetime import datetime
from typing import NamedTuple

from shared.auth.caller import Caller
from shared.auth.deciding import EVERYBODY, Part
from shared.ids import Subject

GONE = "GONE"
"""The kind of part of whoever left. Its end is the moment at which they came back."""


class Leaving(NamedTuple):
    """Whether a caller left the organisation they act for; if not, since when they are `back`, if they ever did."""

    away: bool = False
    back: datetime | None = None

    def lets(self, caller: Caller, part: Part) -> bool:
        """Whether a part counts. One of their own counts only if they have had it since they came back."""
        own = EVERYBODY not in (part.organisation_ref, part.staff_ref) and part.of(caller)
        return self.back is None or not own or (part.since is not None and part.since > self.back)


HERE = Leaving()
"""Of nearly everybody: they never left."""


def home(caller: Caller) -> Subject:
    """What the leaving of a caller stands under: the organisation they act for."""
    return Subject("organisation", caller.organisation_ref)


def gone(caller: Caller) -> Part:
    """The part that shuts everything to a caller."""
    return Part(caller.organisation_ref, caller.staff_ref, GONE)
