"""What others know of a store that was put back and it does not have: told after the copy was made, and so lost to it.

Told are refs, versions and types, never a payload. The bus is read from where the store had read it, as its service
will do at the start; nothing is stored by that.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from services.operating.office import Office
from shared.bus import fence
from shared.bus.consumer import LIMIT, SILENCE
from shared.bus.losing import ids_told, known_only_to
from shared.bus.port import Bus, Delivered, Measured, reached
from shared.events.envelope import Unreadable, address

QUIET = 5
"""Silent reads after which what was deleted from the topic is not waited for."""
BUS = "bus"

log = logging.getLogger(__name__)


class Fact(NamedTuple):
    """A fact that was told, by its place."""

    source: str
    subject: str
    version: int
    type: str
    event_id: str


class Lost(NamedTuple):
    """A fact that its own service does not have any more, and who has heard of it."""

    source: str
    subject: str
    version: int
    type: str
    known_to: tuple[str, ...]


class Beyond(NamedTuple):
    """All that is lost, as far as it can be seen: without the bus, what the other stores had heard."""

    lost: Sequence[Lost]
    bus_read: bool


async def beyond(office: Office, names: Sequence[str]) -> Beyond:
    """What other stores and the bus know of these services and their own stores do not have."""
    known: dict[Fact, set[str]] = {}
    for kept in office.of(names):
        for peer in office.stores:
            async for rows in known_only_to(peer, kept):
                for row in rows:
                    _note(known, Fact(*(row[name] for name in Fact._fields)), peer.name)
    read = office.bus_answers and await _read_bus(office, names, known)
    lost = [Lost(*fact[:4], known_to=tuple(sorted(by))) for fact, by in sorted(known.items())]
    return Beyond(lost, read)


def _note(known: dict[Fact, set[str]], fact: Fact, by: str) -> None:
    known.setdefault(fact, set()).add(by)


async def _read_bus(office: Office, names: Sequence[str], known: dict[Fact, set[str]]) -> bool:
    """Note what stands in the topic behind the places of these services. False where it could not be read."""
    kept = {one.name: one for one in office.of(names)}
    try:
        async for batch in _batches(office.bus, await _places(office, names)):
            told = [fact for fact in map(_fact, batch) if fact is not None]
            for name, one in kept.items():
                facts = [fact for fact in told if fact.source == name]
                ours = await ids_told(one, sorted({fact.subject for fact in facts}))
                for fact in facts:
                    if fact.event_id not in ours:
                        _note(known, fact, BUS)
    except Exception:
        # Whatever a broker's client raises: a restore does not fail because less can be named.
        log.exception("the topic could not be read")
        return False
    return True


async def _places(office: Office, names: Sequence[str]) -> Mapping[int, int]:
    """By partition: the earliest place of these services."""
    topic, found = office.bus.topic, dict[int, int]()
    for kept in office.of(names):
        places = await kept.database.read(partial(fence.places, ledger=kept.ledger, topic=topic))
        found = {part: min(found.get(part, at), at) for part, at in (found | dict(places)).items()}
    return found


async def _batches(bus: Bus, places: Mapping[int, int]) -> AsyncIterator[list[Delivered]]:
    """The records from these places to the end that the topic has now."""
    if not isinstance(bus, Measured):
        return
    ends, at, silent = await bus.ends(), dict(places), 0
    # A group of its own: nobody who hears for a service is disturbed.
    subscription = await bus.subscribe("restore", lambda part: asyncio.sleep(0, places.get(part, 0)))
    try:
        while silent < QUIET and any(at.get(part, 0) < end for part, end in ends.items()):
            batch = await subscription.batch(LIMIT, SILENCE)
            silent = 0 if batch else silent + 1
            at |= reached(batch)
            yield batch
    finally:
        await subscription.close()


def _fact(delivered: Delivered) -> Fact | None:
    headers: Mapping[str, Any] = delivered.record.headers
    try:
        stream, version = address(delivered.record)
    except Unreadable:
        return None
    return None if delivered.flaw else Fact(*stream, version, headers.get("ce_type", ""), headers.get("ce_id", ""))
