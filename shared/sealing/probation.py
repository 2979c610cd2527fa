"""How long each key has been on probation, by a clock that nobody can set.

A store's own clock may jump. A key taken away before its time would leave a value behind that nothing opens, and one
whose time never comes would stay for ever. So a process counts from its own first look at a probation.
"""

from collections.abc import Callable, Mapping
from itertools import islice

from shared.sealing import ticked

PROBATION = 40
"""Seconds after which a key must seal something. More than twice `shared.sealing.FRESH`."""
PORTION = 1000


class Probations:
    """The probations that this process has seen, of each service."""

    def __init__(self, clock: Callable[[], float] = ticked) -> None:
        self.clock = clock
        self._seen: dict[str, dict[tuple[str, int], float]] = {}

    def over(self, service: str, there: Mapping[str, int]) -> dict[str, int]:
        """Those of these that have had their time, a portion at most. What began anew is seen for the first time."""
        now, before = self.clock(), self._seen.get(service, {})
        seen = {probation: before.get(probation, now) for probation in there.items()}
        self._seen[service] = seen
        return dict(islice((probation for probation, since in seen.items() if now - since >= PROBATION), PORTION))
