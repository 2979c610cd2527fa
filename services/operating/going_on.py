"""Lets stores that were just put back go on in a new generation: what they tell is never taken for what was lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.operating.archive import Told
from services.operating.beyond import Beyond, beyond
from services.operating.doing import who
from services.operating.door import operator
from services.operating.office import Trouble, opened
from services.operating.orders import Order
from services.operating.work import worked
from shared.bus import fence
from shared.settings import Settings
from shared.storage.revisions import UnknownRevision


@dataclass(frozen=True)
class WentOn:
    """In which generation each store speaks from now on, and what is lost to it."""

    generations: Mapping[str, str]
    beyond: Beyond

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        lost = [fact._asdict() for fact in self.beyond.lost]
        return {"generations": dict(self.generations), "lost": lost, "bus_read": self.beyond.bus_read}


async def go_on(settings: Settings, names: Sequence[str], told: Told) -> WentOn:
    """Adopt these stores, which nobody uses yet and are at their newest revision. Raises Trouble."""
    try:
        async with opened(settings) as office:
            # Before the adoption: from then on peers begin to put aside what is lost.
            lost = await beyond(office, names)
            begun = await worked(office, operator(who()), "adopt", Order(services=tuple(names)), told)
            for kept in office.of(names):
                # Its places are those of the log of that day; in another one they would lie in the middle of anything.
                await kept.database.write(partial(fence.begin_anew, ledger=kept.ledger, topic=office.bus.topic))
    except UnknownRevision as trouble:
        raise Trouble(f"Bring the other stores up first (`homeward migrate`): {trouble}.") from None
    return WentOn(begun, lost)
