"""What one caller may send within a minute, wherever from: counted once it is proven who asks.

Beside the bound of an address, which many share and which one may change. Each process counts for itself.
"""

from time import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from shared.auth import Caller, Identify
from shared.auth.identity import Asking
from shared.errors import TooMany

SWEEP = 4096
"""Requests after which counters that have run out are thrown away."""


class Counters(MemoryStorage):
    """The library's counters without its threads: it starts one at a request to look for what has run out.

    That was a tenth of what a write costs. Here every so many requests are followed by one look.
    """

    def __init__(self) -> None:
        super().__init__()
        self._since = 0

    def _MemoryStorage__schedule_expiry(self) -> None:
        self._since += 1
        if self._since >= SWEEP:
            self._since = 0
            now = time()
            for key in [key for key, until in self.expirations.items() if until <= now]:
                self.clear(key)


class Callers:
    """How much each caller has sent of late: two counters each, which go with time."""

    def __init__(self, per_minute: int) -> None:
        self._bound = RateLimitItemPerMinute(per_minute)
        self._counted = SlidingWindowCounterRateLimiter(Counters())

    def counting(self, identify: Identify) -> Identify:
        """Recognises callers as before, and counts each request of theirs. Raises TooMany as well."""

        async def known(asking: Asking, /) -> Caller:
            caller = await identify(asking)
            self.take(caller)
            return caller

        return known

    def take(self, caller: Caller) -> None:
        """Count one request. Raises TooMany for one beyond the bound, which is not counted."""
        who = caller.staff_ref, caller.organisation_ref
        if not self._counted.hit(self._bound, *who):
            free = self._counted.get_window_stats(self._bound, *who).reset_time
            raise TooMany("too_many_of_caller", seconds=free - time(), bound="caller")
