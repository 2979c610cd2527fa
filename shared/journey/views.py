"""How facets and relations are stored: read and written for many streams at once, the same rows on both databases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, select

from shared.events.envelope import Envelope, Stream
from shared.journey import Journey, Progress, advance, blank
from shared.journey.parts import Relation
from shared.model import Model
from shared.storage import among
from shared.storage.ledger import Ledger
from shared.storage.sets import RowSet
from shared.storage.tables import Row

M = TypeVar("M", bound=Model)
FACET = ("subject", "source", "version", "data")
MERGE = 'ON CONFLICT ("subject", "source") DO UPDATE SET "version" = excluded."version", "data" = excluded."data"'
KEEP = "ON CONFLICT DO NOTHING"
PART = Relation._fields[:-2]
RENEW = f"""ON CONFLICT ("{'", "'.join(PART)}") DO UPDATE SET "until" = excluded."until", "since" = excluded."since" """


@dataclass(frozen=True)
class Moves:
    """What changed in the view: facets as they are now, relations that hold and that hold no longer.

    `over` are kinds of relation that hold no longer for anybody, by subject and source.
    """

    facets: Sequence[Row]
    over: Sequence[Row]
    unrelated: Sequence[Row]
    related: Sequence[Row]


@cache
def facet_rows(ledger: Ledger) -> RowSet:
    """Facets as they are written; with MERGE a known one is replaced."""
    return RowSet(ledger.facet, FACET)


@cache
def relation_rows(ledger: Ledger) -> RowSet:
    """Relations as they are written; with RENEW a known one stays, from and until the moments that are said last."""
    return RowSet(ledger.relation, Relation._fields)


@cache
def ended_rows(ledger: Ledger) -> RowSet:
    """Relations that hold no longer, whenever they would have ended by themselves."""
    return RowSet(ledger.relation, PART)


@cache
def duty_rows(ledger: Ledger) -> RowSet:
    """Relations of a kind, whosesoever they are."""
    return RowSet(ledger.relation, ("subject", "source", "kind"))


@cache
def _loading(ledger: Ledger, dialect: str) -> Select[Any]:
    return select(ledger.facet).where(among(ledger.facet.c.subject, "subjects", dialect))


def load(conn: Connection, ledger: Ledger, journey: Journey, streams: Iterable[Stream]) -> dict[Stream, Progress]:
    """How far each of these streams is, in one statement."""
    found = {stream: blank(journey, stream) for stream in streams}
    subjects = sorted({stream.subject for stream in found})
    for row in conn.execute(_loading(ledger, conn.dialect.name), {"subjects": subjects}):
        stream = Stream(row.source, row.subject)
        if stream in found:
            declared = journey.facet(stream)
            found[stream] = Progress(row.version, declared.model.model_validate(row.data) if declared else None)
    return found


def moves_of(moved: Mapping[Stream, Progress]) -> Moves:
    """The rows behind progress that was made."""
    facets: list[dict[str, Any]] = [
        {"subject": stream.subject, "source": stream.source, "version": after.version, "data": after.facet or {}}
        for stream, after in moved.items()
    ]
    relations = {part: held for after in moved.values() for part, held in after.relations.items()}
    over = [
        {"subject": stream.subject, "source": stream.source, "kind": kind}
        for stream, after in moved.items()
        for kind in sorted(after.over)
    ]
    return Moves(
        facets,
        over,
        [part._asdict() for part, held in relations.items() if held is None],
        [held._asdict() for held in relations.values() if held is not None],
    )


def save(conn: Connection, ledger: Ledger, moves: Moves) -> None:
    """Write what changed, a statement per table."""
    facet_rows(ledger).insert(conn, moves.facets, MERGE)
    duty_rows(ledger).delete(conn, moves.over)
    ended_rows(ledger).delete(conn, moves.unrelated)
    relation_rows(ledger).insert(conn, moves.related, RENEW)


def fold(journey: Journey, progress: Mapping[Stream, Progress], told: Sequence[Envelope]) -> Moves:
    """The moves that these facts make, each stream from its progress on. The caller holds the streams' locks."""
    moved = dict(progress)
    for fact in told:
        moved[fact.stream] = advance(journey, moved[fact.stream], fact)
    return moves_of(moved)


def facet_of(conn: Connection, ledger: Ledger, subject: str, source: str, model: type[M]) -> M:
    """What this service makes of a subject from that source's facts so far."""
    data = conn.execute(_facet(ledger), {"subject": subject, "source": source}).scalar_one_or_none()
    return model.model_validate(data or {})


@cache
def _facet(ledger: Ledger) -> Select[Any]:
    facet = ledger.facet
    return select(facet.c.data).where(facet.c.subject == bindparam("subject"), facet.c.source == bindparam("source"))
