"""What lost facts protected stays in force: the guards of facets whose source went back in time, and their end.

A facet with a guard is what its facts make of it, and the more protective of that and of what it was before. It ends
when people have dismissed all that was lost of the stream; then the facet says what its source says now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from shared.events.envelope import Said, Stream
from shared.journey import Guard, Journey, Progress, told_again
from shared.journey.views import load, moves_of, save
from shared.storage import of_subjects
from shared.storage.ledger import Ledger

FOLDED = ("applied", "dismissed")
"""What stands in a stream's turn: applied, or taken out of the way by an operator."""


def guards(conn: Connection, ledger: Ledger, journey: Journey, subjects: Sequence[str]) -> dict[Stream, Guard]:
    """The guards of these subjects' facets, whoever the source is."""
    found = {}
    for row in conn.execute(select(ledger.guard).where(of_subjects(ledger.guard, conn)), {"subjects": list(subjects)}):
        stream = Stream(row.source, row.subject)
        if declared := journey.facet(stream):
            found[stream] = Guard(row.version, declared.model.model_validate(row.data))
    return found


def guarded(
    conn: Connection, ledger: Ledger, journey: Journey, progress: Mapping[Stream, Progress]
) -> dict[Stream, Progress]:
    """The same progress, each with its guard."""
    known = guards(conn, ledger, journey, sorted({stream.subject for stream in progress}))
    return {stream: reached._replace(guard=known.get(stream)) for stream, reached in progress.items()}


def before_it_goes(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream) -> Progress:
    """A stream's progress as it is stored, with its guard, before it begins anew."""
    return guarded(conn, ledger, journey, load(conn, ledger, journey, [stream]))[stream]


def guard(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream, kept: Guard | None) -> None:
    """Let a stream that begins anew begin with this guard, or with none. The caller holds its lock."""
    conn.execute(delete(ledger.guard).where(*at(ledger.guard, stream)))
    declared = journey.facet(stream)
    if kept is None or declared is None or declared.protects is None:
        return
    row: dict[str, Any] = {"source": stream.source, "subject": stream.subject, "version": kept.version}
    conn.execute(insert(ledger.guard).values({**row, "data": kept.before}))
    _fold(conn, ledger, journey, stream, kept)


def release(conn: Connection, ledger: Ledger, journey: Journey, stream: Stream) -> None:
    """Let a facet say what its source says now, and nothing of before. The caller holds the stream's lock."""
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
    facts = said_of(conn, ledger, journey, stream)
    if facts or kept:
        save(conn, ledger, moves_of({stream: told_again(journey, stream, facts, kept)}))


def at(table: Table, stream: Stream) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rows of one stream."""
    return table.c.source == stream.source, table.c.subject == stream.subject
