"""Compares what arrives with what is known at its place: the same version with another id means a store went back.

A service's own records must stand in its journal, and a peer's version that was applied must have the id that was
applied. What differs is stored whole, sealed, and applied never; nothing of it is dropped in silence.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from shared.bus.bodies import Bodies, place_in
from shared.bus.inbox import Letter
from shared.events.envelope import Stream
from shared.events.generation import FIRST, Generation
from shared.journey import Progress
from shared.storage import add_if_new, among
from shared.storage.ledger import Ledger
from shared.storage.spoken import peers
from shared.storage.standing import Standing, generation

LONGEST_ID = 64


class Claim(NamedTuple):
    """A record that says: this stood at that place."""

    stream: Stream
    letter: Letter
    event_id: str


def claims(mail: Mapping[Stream, Sequence[Letter]]) -> Iterator[Claim]:
    """What these records say of their places. One without an id that could be stored says nothing."""
    for stream, letters in mail.items():
        for letter in letters:
            event_id = letter.record.headers.get("ce_id", "")
            if 0 < len(event_id) <= LONGEST_ID and "\x00" not in event_id:
                yield Claim(stream, letter, event_id)


def of_own(
    conn: Connection, ledger: Ledger, standing: Standing, mail: Mapping[Stream, Sequence[Letter]]
) -> list[Claim]:
    """Which of our own records our journal does not have, also those of a generation that we left behind.

    A record of a newer generation than ours is one of them even where its fact is here: another copy of this store has
    gone on, and ours is older. What this process has just published is not looked up.
    """
    given_back = list(claims(mail))
    unsure = [claim for claim in given_back if claim.event_id not in standing.on_the_way]
    standing.on_the_way.difference_update(claim.event_id for claim in given_back)
    if not unsure:
        return []
    given = {"event_ids": sorted({claim.event_id for claim in unsure})}
    there = set(conn.execute(_told(ledger, conn.dialect.name), given).scalars())
    # An id of ours at another place is somebody's forgery, and no word about our past.
    newer = [claim for claim in unsure if claim.letter.generation > standing.generation]
    # Another replica may have begun it a moment ago.
    ours = generation(conn, ledger) if newer else standing.generation
    return [claim for claim in unsure if claim.event_id not in there or claim.letter.generation > ours]


def of_peers(
    conn: Connection, ledger: Ledger, progress: Mapping[Stream, Progress], mail: Mapping[Stream, Sequence[Letter]]
) -> list[Claim]:
    """Which of these records say something else than what was applied at their place."""
    again = list(claims(_again(progress, mail)))
    if not again:
        return []
    given = {
        "sources": sorted({claim.stream.source for claim in again}),
        "subjects": sorted({claim.stream.subject for claim in again}),
        "versions": sorted({claim.letter.version for claim in again}),
    }
    rows = conn.execute(_heard(ledger, conn.dialect.name), given)
    there = {(Stream(row.source, row.subject), row.version): row.event_id for row in rows}
    return [
        claim for claim in again if there.get((claim.stream, claim.letter.version), claim.event_id) != claim.event_id
    ]


def _again(
    progress: Mapping[Stream, Progress], mail: Mapping[Stream, Sequence[Letter]]
) -> Mapping[Stream, Sequence[Letter]]:
    """What was applied before."""
    found: dict[Stream, Sequence[Letter]] = {}
    for stream, letters in mail.items():
        version = progress[stream].version
        if version and (old := [letter for letter in letters if letter.version <= version]):
            found[stream] = old
    return found


def note(conn: Connection, ledger: Ledger, bodies: Bodies, found: Sequence[Claim], own: str) -> bool:
    """Store what differs, once however often it arrives; whether anything is open.

    What was told in a generation that is known to have ended is settled already. `own` is this service.
    """
    if not found:
        return False
    known = {source: newest for source, (newest, _) in peers(conn, ledger).items()} | {own: generation(conn, ledger)}
    rows = [_row(bodies, claim, known.get(claim.stream.source, FIRST)) for claim in found]
    conn.execute(add_if_new(ledger.conflict, conn.dialect.name), rows)
    return any(row["settled"] is None for row in rows)


def _row(bodies: Bodies, claim: Claim, now: Generation) -> dict[str, Any]:
    place = {
        "source": claim.stream.source,
        "generation": str(claim.letter.generation),
        "subject": claim.stream.subject,
        "version": claim.letter.version,
        "event_id": claim.event_id,
    }
    return {
        **place,
        **bodies.sealed(claim.letter.record, place_in("conflict", place)),
        "heard_at": claim.letter.heard_at,
        "settled": str(now) if claim.letter.generation < now else None,
    }


@cache
def _told(ledger: Ledger, dialect: str) -> Select[Any]:
    journal = ledger.journal
    return select(journal.c.event_id).where(among(journal.c.event_id, "event_ids", dialect))


@cache
def _heard(ledger: Ledger, dialect: str) -> Select[Any]:
    heard = ledger.heard
    given = (("source", "sources"), ("subject", "subjects"), ("version", "versions"))
    of_these = (among(heard.c[column], name, dialect) for column, name in given)
    columns = (heard.c.source, heard.c.subject, heard.c.version, heard.c.event_id)
    return select(*columns).where(heard.c.status == "applied", *of_these)
