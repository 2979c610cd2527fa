"""A source whose store was put back from an older copy, as a service hears it that had heard more."""

from collections.abc import Mapping

from sqlalchemy import select

from shared.bus.adopting import adopt
from shared.bus.port import Measured
from shared.bus.rebuild import differences
from shared.columns import canonical
from shared.contracts.catalogue import subject_of
from shared.events.envelope import Envelope, closing, encode
from shared.events.generation import FIRST, Generation
from shared.events.record import Record
from shared.model import Event
from shared.testing import Harness


async def tells_again(
    world: Harness, service: str, source: str, lengths: Mapping[str, int], ordinal: int = 1, broken: int = 0
) -> None:
    """The source tells these streams again in a new generation, each so far as its copy has it; the rest is lost.

    The record of the version `broken` has a body that nobody can read.
    """
    generation = Generation(ordinal, f"{ordinal:016x}")
    kept = world.running[service].kept
    heard = kept.ledger.heard
    query = select(heard).where(heard.c.source == source).order_by(heard.c.subject, heard.c.version)
    rows = await kept.database.read(lambda conn: conn.execute(query).mappings().all())
    for row in rows:
        length = lengths.get(row["subject"], 0)
        if row["version"] <= length:
            record = encode(Envelope.of(source, row), generation, length)
            value = b"{" if row["version"] == broken else record.value
            await world.bus.publish([Record(record.key, record.headers, value)])
    assert isinstance(world.bus, Measured)
    await world.bus.publish_everywhere(lambda *place: closing(source, generation, *place))


async def went_back(world: Harness, service: str, source: str, lengths: Mapping[str, int], **how: int) -> None:
    """The same, and the service has heard it."""
    await tells_again(world, service, source, lengths, **how)
    await world.settle()


async def told_anew(world: Harness, source: str, version: int, *events: Event, ordinal: int = 1) -> None:
    """The source goes on in that generation, 0 for the first, from this version of the first event's stream."""
    moment, records = world.clock(), []
    for number, event in enumerate(events, version):
        told = Envelope(
            source=source,
            subject=subject_of(event),
            version=number,
            event_id=world.draw(),
            type=event.type,
            effective=moment,
            recorded=moment,
            correlation="told-anew",
            data=canonical(event),
        )
        records.append(encode(told, Generation(ordinal, f"{ordinal:016x}") if ordinal else FIRST))
    await world.bus.publish(records)


async def lost_itself(world: Harness, service: str, *events: Event, known_to: str = "") -> None:
    """The service went back behind these: they stand in the topic, were heard by another or itself, and it goes on."""
    running = world.running
    lengths = {row["subject"]: row["version"] for row in await world.rows(service, "stream")}
    await told_anew(world, service, lengths.get(subject_of(events[0]), 0) + 1, *events, ordinal=0)
    while await running[known_to or service].consumer.step():
        pass
    await adopt(running[service].kept, [one.kept for one in running.values()])
    await world.settle()


async def is_folded(world: Harness, service: str) -> bool:
    """Whether the service's views are what a rebuild would make of them."""
    kept = world.running[service].kept
    return await differences(kept.database, kept.ledger, kept.journey) == []
