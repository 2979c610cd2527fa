"""Goes over from one generation of a peer to the next, stream by stream.

Records of a newer generation are kept beside the stream until as much of it has arrived as its teller had when the
generation began; then the stream is swapped: what was heard before stays as superseded, and the new one is folded from
nothing. A stream of which nothing has arrived when all partitions are closed is withdrawn. A record of an older
generation is told in the log, and never applied.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, union, update

from shared.bus.bodies import Bodies, place_in
from shared.bus.inbox import Letter
from shared.bus.losing import Anew, Hearing, Losing
from shared.events.envelope import GENERATION, Closing, Stream, restored_of
from shared.events.generation import FIRST, Generation
from shared.journey.guards import at
from shared.journey.lost import LOST
from shared.storage import add_if_new
from shared.storage.ledger import Ledger
from shared.storage.spoken import peers, spoken
from shared.storage.standing import Standing
from shared.storage.standing import generation as spoken_by_us

Mail = Mapping[Stream, Sequence[Letter]]

log = logging.getLogger(__name__)


def in_turn(
    conn: Connection, kept: Hearing, bodies: Bodies, standing: Standing, mail: Mail
) -> tuple[Mail, frozenset[Stream]]:
    """What of these records may be applied now, and which streams begin anew with it. Their streams are locked.

    Where no peer ever began a generation nothing is looked up: whoever reads a partition has read of it there.
    """
    if not standing.met_generations:
        if not any(letter.record.headers.get(GENERATION) for letters in mail.values() for letter in letters):
            return mail, frozenset()
        standing.met_generations = True
    ledger = kept.ledger
    heard_in = spoken(conn, ledger, mail)
    now: dict[Stream, Sequence[Letter]] = {}
    newer: dict[tuple[Stream, Generation], list[Letter]] = {}
    for stream, letters in mail.items():
        now[stream] = [letter for letter in letters if letter.generation == heard_in[stream]]
        for letter in letters:
            if letter.generation > heard_in[stream]:
                newer.setdefault((stream, letter.generation), []).append(letter)
            elif letter.generation < heard_in[stream]:
                log.warning(
                    "a record of an older generation", extra={"source": stream.source, "version": letter.version}
                )
    swapped = set()
    for (stream, generation), letters in sorted(newer.items(), key=lambda item: item[0]):
        _keep_beside(conn, ledger, bodies, stream, generation, letters)
        if whole := _whole(conn, ledger, bodies, stream, generation):
            _supersede(conn, kept, stream, (heard_in[stream], generation), Anew.of(whole))
            now[stream], heard_in[stream] = whole, generation
            swapped.add(stream)
    return now, frozenset(swapped)


def heard_before(conn: Connection, ledger: Ledger, swapped: Iterable[Stream]) -> frozenset[str]:
    """The ids of all that was ever heard on these streams: what comes of it was planted then."""
    old = ledger.superseded
    found: set[str] = set()
    for stream in swapped:
        query = select(old.c.event_id).where(*at(old, stream), old.c.status.in_(("applied", LOST)))
        found.update(conn.execute(query).scalars())
    return frozenset(found)


def close(conn: Connection, kept: Hearing, closings: Iterable[tuple[int, Closing]]) -> None:
    """Note that partitions are closed. With the last of them, withdraw what did not come again."""
    ledger = kept.ledger
    for partition, said in closings:
        if said.source == kept.name and said.generation <= spoken_by_us(conn, ledger):
            continue
        # Our own, from a later generation than ours: another copy of this store has gone on (`looking`).
        meet(conn, ledger, said.source, said.generation)
        if said.source == kept.name:
            continue
        place = {"source": said.source, "generation": str(said.generation)}
        closed = ledger.closed
        conn.execute(add_if_new(closed, conn.dialect.name), {**place, "partition": partition})
        count = conn.execute(select(func.count()).select_from(closed).filter_by(**place)).scalar_one()
        peer = peers(conn, ledger)[said.source]
        if count >= said.partitions and said.generation > peer[1]:
            _withdraw(conn, kept, said.source, said.generation)
            settled = update(ledger.peer).where(ledger.peer.c.source == said.source)
            conn.execute(settled.values(settled=str(said.generation)))


def meet(conn: Connection, ledger: Ledger, source: str, generation: Generation) -> None:
    """Remember the newest generation of a peer."""
    peer = ledger.peer
    conn.execute(add_if_new(peer, conn.dialect.name), {"source": source, "newest": "", "settled": ""})
    if generation > peers(conn, ledger)[source][0]:
        conn.execute(update(peer).where(peer.c.source == source).values(newest=str(generation)))


def _keep_beside(
    conn: Connection,
    ledger: Ledger,
    bodies: Bodies,
    stream: Stream,
    generation: Generation,
    letters: Iterable[Letter],
) -> None:
    meet(conn, ledger, stream.source, generation)
    here = {"source": stream.source, "generation": str(generation), "subject": stream.subject}
    rows = []
    for letter in letters:
        place = {**here, "version": letter.version}
        body = bodies.sealed(letter.record, place_in("arriving", place))
        rows.append({**place, **body, "heard_at": letter.heard_at})
    conn.execute(add_if_new(ledger.arriving, conn.dialect.name), rows)


def _whole(conn: Connection, ledger: Ledger, bodies: Bodies, stream: Stream, generation: Generation) -> list[Letter]:
    """All that arrived of a stream's new generation, once it is as long as it was when that began; else nothing."""
    table = ledger.arriving
    query = select(table).where(*at(table, stream), table.c.generation == str(generation)).order_by(table.c.version)
    rows = conn.execute(query)
    letters = [
        Letter(row.version, bodies.opened(row, place_in("arriving", row._mapping)), row.heard_at) for row in rows
    ]
    dense = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1].version, enumerate(letters, 1)))
    wanted = max((restored_of(letter.record) for letter in letters), default=0)
    return letters if dense and dense >= wanted else []


def _supersede(
    conn: Connection, kept: Hearing, stream: Stream, goes_over: tuple[Generation, Generation], anew: Anew
) -> None:
    """Put aside what was heard of a stream, and forget what was made of it, but for what protects somebody."""
    ledger, (was, now) = kept.ledger, goes_over
    heard, old, reborn = ledger.heard, ledger.superseded, ledger.reborn
    losing = Losing(conn, kept, stream, was)
    if rows := losing.found(conn.execute(select(heard).where(*at(heard, stream))).mappings(), anew):
        conn.execute(add_if_new(old, conn.dialect.name), rows)
    for table in (heard, ledger.facet, ledger.relation, reborn):
        conn.execute(delete(table).where(*at(table, stream)))
    beside = ledger.arriving
    conn.execute(delete(beside).where(*at(beside, stream), beside.c.generation == str(now)))
    conn.execute(insert(reborn).values(source=stream.source, subject=stream.subject, generation=str(now)))
    losing.settle()


def _withdraw(conn: Connection, kept: Hearing, source: str, generation: Generation) -> None:
    """Put aside every stream of a source that has not come again in its new generation."""
    ledger = kept.ledger
    heard, facet, beside = ledger.heard, ledger.facet, ledger.arriving
    mine = (select(table.c.subject).where(table.c.source == source) for table in (heard, facet))
    arriving = select(beside.c.subject).where(beside.c.source == source, beside.c.generation == str(generation))
    streams = [Stream(source, subject) for subject in sorted(conn.execute(union(*mine)).scalars())]
    waits = set(conn.execute(arriving).scalars())
    for stream, was in spoken(conn, ledger, streams).items():
        if was < generation and stream.subject not in waits:
            _supersede(conn, kept, stream, (was, generation), Anew.of(()))
            log.warning("a stream was withdrawn", extra={"source": source, "subject": stream.subject})


def newest(conn: Connection, ledger: Ledger, source: str) -> Generation:
    """The newest generation of a service that was met here, also where nothing of it was applied."""
    known: list[Any] = [ledger.peer.c.newest, ledger.conflict.c.generation]
    found = (conn.execute(select(column).where(column.table.c.source == source)).scalars() for column in known)
    return max((Generation.read(text) for texts in found for text in texts), default=FIRST)
