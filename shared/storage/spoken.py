"""In which generation a peer's stream is heard here: each after its swap, all of them once it is told to its end."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from shared.events.envelope import Stream
from shared.events.generation import FIRST, Generation
from shared.storage.ledger import Ledger


def peers(conn: Connection, ledger: Ledger) -> dict[str, tuple[Generation, Generation]]:
    """By source: the newest generation that was met, and the last one that was told to its end."""
    rows = conn.execute(select(ledger.peer))
    return {row.source: (Generation.read(row.newest), Generation.read(row.settled)) for row in rows}


def spoken(conn: Connection, ledger: Ledger, streams: Iterable[Stream]) -> dict[Stream, Generation]:
    """In which generation each of these streams is heard."""
    wanted, known, reborn = list(streams), peers(conn, ledger), ledger.reborn
    subjects = sorted({stream.subject for stream in wanted})
    rows = conn.execute(select(reborn).where(reborn.c.subject.in_(subjects)))
    swapped = {Stream(row.source, row.subject): Generation.read(row.generation) for row in rows}
    return {
        stream: max(swapped.get(stream, FIRST), known[stream.source][1] if stream.source in known else FIRST)
        for stream in wanted
    }
