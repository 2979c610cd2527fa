"""Takes note of whoever signs in for the first time, later and beside their request: no request waits, no read writes.

A service says with `meets` what is written of a caller. A process remembers for a while whom it has seen, so that all
further requests of theirs cost one look into a table in memory.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from sqlalchemy import Connection

from shared.auth import SYSTEM, Caller, Identify, Role
from shared.auth.identity import Asking
from shared.errors import NotFound, Refused
from shared.reading import Reader
from shared.runtime import Kept
from shared.sealing import Keys
from shared.writing.asked import Asked
from shared.writing.commands import Meets, Noted
from shared.writing.work import perform

MOST = 4096
"""Callers remembered, and callers waiting to be noted. Those beyond are looked at again at their next request."""
KNOWN_FOR, UNKNOWN_FOR = 86_400.0, 60.0
"""Seconds after which somebody is looked at again: who is noted, and who works for nobody that is known here."""
POLL = 1.0

Who = tuple[str, str]


class Newcomers:
    """Whom one process of a service has met, and whom it has still to take note of."""

    def __init__(self, meets: Meets | None, clock: Callable[[], float] = monotonic) -> None:
        self.meets, self._clock = meets, clock
        self._seen: OrderedDict[Who, float] = OrderedDict()
        self._waiting: OrderedDict[Who, Caller] = OrderedDict()
        self._wake = asyncio.Event()

    def noticing(self, identify: Identify) -> Identify:
        """Recognises callers as before, and remembers that they were here."""
        if self.meets is None:
            return identify

        async def known(asking: Asking, /) -> Caller:
            caller = await identify(asking)
            self.notice(caller)
            return caller

        return known

    def notice(self, caller: Caller) -> None:
        """Somebody made a request. Costs nothing but memory."""
        who, now = (caller.staff_ref, caller.organisation_ref), self._clock()
        if caller.role is Role.SYSTEM or self._seen.get(who, now) > now or len(self._waiting) >= MOST:
            return
        self._remember(who, now + UNKNOWN_FOR)
        self._waiting[who] = caller
        self._wake.set()

    def _remember(self, who: Who, until: float) -> None:
        self._seen[who] = until
        self._seen.move_to_end(who)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)

    async def run(self, kept: Kept, beat: Callable[[], None]) -> None:
        """Take note until cancelled."""
        while True:
            self._wake.clear()
            await self.step(kept)
            beat()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._wake.wait()

    async def step(self, kept: Kept) -> int:
        """Take note of all who wait; how many. Where that fails they wait on. A store that went back notes nobody."""
        met = 0
        while self._waiting and self.meets is not None and not kept.standing.went_back:
            who, caller = next(iter(self._waiting.items()))
            if await self._meet(kept, self.meets, caller):
                self._remember(who, self._clock() + KNOWN_FOR)
            del self._waiting[who]
            met += 1
        return met

    async def _meet(self, kept: Kept, meets: Meets, caller: Caller) -> bool:
        """Whether they are noted now. Looked up first: nearly everybody is already."""

        def work(connection: Connection) -> Noted | None:
            return meets.noting(Reader(connection, kept, Keys(kept.name, {}), SYSTEM, kept.clock()), caller)

        try:
            noted = await kept.database.read(work)
        except NotFound:
            return False
        if noted is not None:
            command, ref = noted
            # Somebody else may have noted them just now.
            with contextlib.suppress(Refused):
                await perform(kept, Asked(kept.draw(), ""), SYSTEM, meets.commands[type(command)], command, ref=ref)
        return True
