"""What lost facts protected stays in force: the guards of streams whose source went back in time, and their end.

A facet with a guard is what its facts make of it, and the more protective of that and of what it was before; so are the
parts that somebody has (`shutting`). It ends when people have dismissed all that was lost of the stream; then both say
what the source says now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from shared.events.envelope import Said, Stream
from shared.journey import Guard, Journey, Progress, shutting, told_again
from shared.journey.parts import Relation
from shared.journey.views import load, moves_of, save
from shared.storage import of_subjects
from shared.storage.ledger import Ledger

FOLDED = ("applied", "dismissed")
"""What stands in a stream's turn: applied, or taken out of the way by an operator."""


def guards(conn: Connection, ledger: Ledger, journey: Journey, subjects: Sequence[str]) -> dict[Stream, Guard]:
    """The guards of these subjects' streams, whoever the source is."""
    found = {}
    for row in conn.execute(select(ledger.guard).where(of_subjects(ledger.guard, conn)), {"subjects": list(subjects)}):
        stream = Stream(row.source, row.subject)
        declared = journey.facet(stream)
        before = declared.model.model_validate(row.data) if declared else None
        found[stream] = Guard(row.version, before, None if row.parts is None else shutting.read(row.parts))
    return found


def guarded(
    conn: Connection, ledger: Ledger, journey: Journey, progress: Mapping[Stream, Progress]
) -> dict[Stream, Progress]:
    """The same progress, each with its guard."""
    known = guards(conn, ledger, journey, sorted({stream.subject for stream in progress}))
    return {stream: reached._replace(guard=known.get(stream)) for stream, reached in progress.items()}


def before_it_goes(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream) -> Progress:
    """A stream's progress as it is stored, with all parts and its guard, before it begins anew."""
    reached = guarded(conn, ledger, journey, load(conn, ledger, journey, [stream]))[stream]
    rows = conn.execute(select(ledger.relation).where(*at(ledger.relation, stream)))
    return reached._replace(relations=shutting.parts_of(Relation(**row._mapping) for row in rows))


def guard(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream, kept: Guard | None) -> None:
    """Let a stream that begins anew begin with this guard, or with none. The caller holds its lock."""
    conn.execute(delete(ledger.guard).where(*at(ledger.guard, stream)))
    if kept is None or _of_nothing(journey, stream, kept):
        return
    row: dict[str, Any] = {"source": stream.source, "subject": stream.subject, "version": kept.version}
    parts = None if kept.parts is None else shutting.stored(kept.parts)
    conn.execute(insert(ledger.guard).values({**row, "data": kept.before or {}, "parts": parts}))
    _fold(conn, ledger, journey, stream, kept)


def _of_nothing(journey: Journey, stream: Stream, kept: Guard) -> bool:
    """Whether nothing of the stream is left, nobody had a part in it, and nothing of its facet protects."""
    declared = journey.facet(stream)
    return not kept.version and not kept.parts and (declared is None or declared.protects is None)


def release(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream) -> None:
    """Let facet and parts say what their source says now, and nothing of before. The caller holds the stream's lock."""
    if not conn.execute(delete(ledger.guard).where(*at(ledger.guard, stream))).rowcount:
        return
    conn.execute(delete(ledger.facet).where(*at(ledger.facet, stream)))
    _fold(conn, ledger, journey, stream)


def said_of(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream) -> list[Said]:
    """What a stream says, in its order: our own as the journal has it, another's as it was heard."""
    own = stream.source == journey.source
    table = ledger.journal if own else ledger.heard
    query = select(table.c.version, table.c.type, table.c.data, table.c.recorded).where(
        table.c.subject == stream.subject
    )
    if not own:
        query = query.where(table.c.source == stream.source, table.c.status.in_(FOLDED))
    query = query.order_by(table.c.version)
    return [Said(*stream, *row) for row in conn.execute(query)]


def _fold(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream, kept: Guard | None = None) -> None:
    conn.execute(delete(ledger.relation).where(*at(ledger.relation, stream)))
    facts = said_of(conn, ledger, journey, stream)
    if facts or kept:
        save(conn, ledger, moves_of({stream: told_again(journey, stream, facts, kept)}))


def at(table: Table, stream: Stream) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rows of one stream."""
    return table.c.source == stream.source, table.c.subject == stream.subject
