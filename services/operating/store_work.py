"""The orders about stores as wholes: how each is, and how one goes on after it was put back from an older copy."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from services.operating.office import Office, Trouble
from services.operating.orders import Answer, Order, Tell, heeding
from shared.bus import adopting
from shared.bus import refeed as feeding
from shared.bus.consumer import Consuming
from shared.bus.port import Inspected
from shared.clock import wire
from shared.journey.lost import losses, open_losses
from shared.storage import revisions
from shared.storage.standing import conflicts


async def check(office: Office, order: Order, tell: Tell) -> Answer:
    """Each store's revision and what speaks against its past; whether the bus answers, and how its topic is."""
    found = {}
    for kept in office.of(order.services):
        revision = await kept.database.read(revisions.revision)
        newest = revisions.head(f"services.{kept.name}")
        known = await kept.database.read(partial(conflicts, ledger=kept.ledger))
        lost = await kept.database.read(partial(open_losses, ledger=kept.ledger))
        found[kept.name] = {"revision": revision, "newest": newest, "conflicts": dict(known), "lost": lost}
    faults = await office.bus.faults() if office.bus_answers and isinstance(office.bus, Inspected) else []
    return {"stores": found, "bus": office.bus_answers, "topic": list(faults)}


async def adopt(office: Office, order: Order, tell: Tell) -> Answer:
    """Let stores that were put back go on in a new generation; what the others told is published to them again."""
    if not order.services:
        raise Trouble("Name each service whose store was put back.")
    if not office.bus_answers and len(set(order.services)) < len(office.stores):
        raise Trouble("The bus does not answer, so the others cannot tell these services again what they told.")
    adopted = {kept.name: str(await adopting.adopt(kept, office.stores)) for kept in office.of(order.services)}
    run = wire(office.stores[0].clock())
    for kept in office.stores:
        if kept.name not in adopted:
            await feeding.refeed(kept, office.bus, run, feeding.Wanted(), heeding(tell, kept.name))
    return adopted


async def lost(office: Office, order: Order, tell: Tell) -> Answer:
    """What was told once and is told no more, since a store was put back: places, types and days alone."""
    rows = [row for kept in office.of(order.services) for row in await kept.database.read(partial(_lost, kept))]
    return {"facts": rows}


def _lost(kept: Consuming, conn: Connection) -> list[Mapping[str, Any]]:
    return [
        {
            "service": kept.name,
            "source": loss.stream.source,
            "subject": loss.stream.subject,
            **fact._asdict(),
            "day": fact.day.isoformat(),
            "status": called["status"],
            "reason": called["reason"],
        }
        for loss, called, facts in losses(conn, kept.ledger)
        for fact in facts
    ]
