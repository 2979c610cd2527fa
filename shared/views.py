"""How facets and relations are kept: loaded and written for many streams at once, the same rows on both databases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Insert, Select, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from shared.bus.envelope import Stream, Told
from shared.db import add_if_new, among
from shared.db.sets import RowSet, Statement, delete_of, insert_of
from shared.journey import Journey, Progress, Relation, advance, blank
from shared.ledger import Ledger
from shared.model import Model

M = TypeVar("M", bound=Model)
Row = Mapping[str, Any]
FACET = ("subject", "source", "version", "data")
MERGE = 'ON CONFLICT ("subject", "source") DO UPDATE SET "version" = excluded."version", "data" = excluded."data"'


@dataclass(frozen=True)
class Moves:
    """What changed in the view: facets as they are now, relations that hold and that hold no longer."""

    facets: Sequence[Row]
    unrelated: Sequence[Row]
    related: Sequence[Row]


@dataclass(frozen=True)
class _Statements:
    load: Select[Any]
    merge: Any
    relate: Insert
    unrelate: Delete


@cache
def _statements(ledger: Ledger, dialect: str) -> _Statements:
    facet, relation = ledger.facet, ledger.relation
    merge: Any = (insert_sqlite if dialect == "sqlite" else insert_postgresql)(facet)
    return _Statements(
        load=select(facet).where(among(facet.c.subject, "subjects", dialect)),
        merge=merge.on_conflict_do_update(
            index_elements=["subject", "source"], set_={name: merge.excluded[name] for name in ("version", "data")}
        ),
        relate=add_if_new(relation, dialect),
        unrelate=delete(relation).where(*(relation.c[name] == bindparam(f"old_{name}") for name in Relation._fields)),
    )


@dataclass(frozen=True)
class Sets:
    """The same statements over arrays, for PostgreSQL."""

    facet: RowSet
    relation: RowSet

    def merge(self, first: int = 1) -> str:
        return insert_of(self.facet, first, MERGE)

    def relate(self, first: int = 1) -> str:
        return insert_of(self.relation, first, "ON CONFLICT DO NOTHING")

    def unrelate(self, first: int = 1) -> str:
        return delete_of(self.relation, first)


@cache
def sets(ledger: Ledger) -> Sets:
    return Sets(RowSet(ledger.facet, FACET), RowSet(ledger.relation, Relation._fields))


def load(conn: Connection, ledger: Ledger, journey: Journey, streams: Iterable[Stream]) -> dict[Stream, Progress]:
    """How far each of these streams is, in one statement."""
    found = {stream: blank(journey, stream) for stream in streams}
    subjects = sorted({stream.subject for stream in found})
    for row in conn.execute(_statements(ledger, conn.dialect.name).load, {"subjects": subjects}):
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
    relations = {key: holds for after in moved.values() for key, holds in after.relations.items()}
    return Moves(
        facets,
        [key._asdict() for key, holds in relations.items() if not holds],
        [key._asdict() for key, holds in relations.items() if holds],
    )


def save(conn: Connection, ledger: Ledger, moves: Moves) -> None:
    """Write what changed, a statement per table."""
    if conn.dialect.name == "postgresql":
        made = sets(ledger)
        wanted = ((made.facet, made.merge(), moves.facets), (made.relation, made.unrelate(), moves.unrelated))
        for row_set, text, rows in (*wanted, (made.relation, made.relate(), moves.related)):
            if rows:
                Statement((row_set,), text).run(conn, rows)
        return
    statements = _statements(ledger, conn.dialect.name)
    gone = [{f"old_{name}": part for name, part in row.items()} for row in moves.unrelated]
    for statement, rows in (
        (statements.merge, moves.facets),
        (statements.unrelate, gone),
        (statements.relate, moves.related),
    ):
        if rows:
            conn.execute(statement, list(rows))


def fold(journey: Journey, progress: Mapping[Stream, Progress], told: Sequence[Told]) -> Moves:
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
