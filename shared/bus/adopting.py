"""Begins a new generation of a store: what an operator does with one that was put back, once nothing newer is found.

From then on it speaks as another one than before. Its relay publishes the whole journal again, and every reader goes
over to it stream by stream; what was told in the lost time stays with those who heard it, put aside.
"""

import secrets
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, insert, update

from shared.bus.consumer import Consuming
from shared.bus.generations import meet, newest
from shared.bus.losing import Rows, call_to_all, known_elsewhere
from shared.events.generation import Generation
from shared.storage.standing import generation


async def adopt(kept: Consuming, everybody: Sequence[Consuming]) -> Generation:
    """Begin a generation behind all that anybody met of this service. `everybody` are the stores that can be asked."""
    met = [await one.database.read(partial(newest, ledger=one.ledger, source=kept.name)) for one in everybody]
    known = await known_elsewhere(kept, (one for one in everybody if one.name != kept.name))
    begun = await kept.database.write(partial(_begin, kept, max(met), known))
    for one in everybody:
        await one.database.write(partial(_settle, one, kept.name, begun))
        await one.standing.refresh(one.database, one.ledger)
    return begun


def _begin(kept: Consuming, met: Generation, known: Rows, conn: Connection) -> Generation:
    ledger = kept.ledger
    begun = Generation(max(met, generation(conn, ledger)).ordinal + 1, secrets.token_hex(8))
    row = {"ordinal": begun.ordinal, "tag": begun.tag, "at": kept.clock()}
    conn.execute(insert(ledger.generation), row)
    conn.execute(update(ledger.stream).values(restored=ledger.stream.c.version))
    call_to_all(conn, kept, known)
    return begun


def _settle(kept: Consuming, source: str, begun: Generation, conn: Connection) -> None:
    """What spoke against it is settled, and what will yet be heard of the time before is settled at once."""
    if source != kept.name:
        meet(conn, kept.ledger, source, begun)
    conflict = kept.ledger.conflict
    open_ones = update(conflict).where(conflict.c.source == source, conflict.c.settled.is_(None))
    conn.execute(open_ones.values(settled=str(begun)))
