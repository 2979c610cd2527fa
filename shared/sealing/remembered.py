"""Opened keys that stay in memory for a while, so that a key service is not asked for the same one twice in a minute.

They are found by their wrapped bytes, which come from the store of keys each time: a key that was destroyed there, or
replaced, is not found any more, although it may still be here for the rest of its time.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from shared.sealing.wrapping import Bound

SECONDS = 300.0
"""How long one stays. So long does work go on with known people while the key service is away."""
MANY = 20_000
"""How many stay: some 5 MB."""


class Remembered:
    """Keys by what they were wrapped as, and what they are bound to. The least used go first. Used by threads."""

    def __init__(self, clock: Callable[[], float], seconds: float = SECONDS, many: int = MANY) -> None:
        self._clock, self._seconds, self._many = clock, seconds, many
        self._kept: OrderedDict[Bound, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, wrapped: Bound, key: bytes) -> None:
        """Remember one."""
        with self._lock:
            self._kept[wrapped] = (self._clock() + self._seconds, key)
            self._kept.move_to_end(wrapped)
            while len(self._kept) > self._many:
                self._kept.popitem(last=False)

    def get(self, wrapped: Bound) -> bytes | None:
        """One that was kept and has not had its time."""
        with self._lock:
            until, key = self._kept.get(wrapped, (0.0, b""))
            if wrapped not in self._kept:
                return None
            if self._clock() >= until:
                del self._kept[wrapped]
                return None
            self._kept.move_to_end(wrapped)
            return key
