"""Make the views again from what was heard and told, in place, stream by stream under its lock, while all runs on.

It plants no to-do and tells nobody. What it makes equals what was there, unless a step has changed.
"""

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection, delete, select, union

from shared import streams
from shared.bus.envelope import Stream, Told
from shared.contracts.catalogue import PRODUCERS
from shared.db import Database
from shared.failpoints import failpoint
from shared.journey import Journey, Progress, advance, blank
from shared.ledger import Ledger
from shared.views import moves_of, save


async def refold(database: Database, ledger: Ledger, journey: Journey) -> int:
    """Fold every subject again; how many there were. A step that fails leaves its subject as it was and raises."""
    subjects = await database.read(lambda conn: _subjects(conn, ledger))
    for subject in subjects:
        await database.write(partial(refold_subject, ledger=ledger, journey=journey, subject=subject))
    return len(subjects)


def refold_subject(conn: Connection, ledger: Ledger, journey: Journey, subject: str) -> None:
    """Fold all sources of one subject again, under its lock."""
    streams.lock(conn, ledger, [subject])
    made = {stream: _folded(journey, stream, told) for stream, told in _history(conn, ledger, journey, subject).items()}
    for table in (ledger.facet, ledger.relation):
        conn.execute(delete(table).where(table.c.subject == subject))
    failpoint("rebuild.half_way")
    save(conn, ledger, moves_of(made))


def _folded(journey: Journey, stream: Stream, told: list[Told]) -> Progress:
    progress = blank(journey, stream)
    for fact in told:
        progress = advance(journey, progress, fact)
    return progress


def _subjects(conn: Connection, ledger: Ledger) -> list[str]:
    told, applied = select(ledger.journal.c.subject), select(ledger.heard.c.subject).filter_by(status="applied")
    return sorted(conn.execute(union(told, applied)).scalars())


def _history(conn: Connection, ledger: Ledger, journey: Journey, subject: str) -> Mapping[Stream, list[Told]]:
    """Every fact of a subject that this service applied or told, by stream, in order."""
    journal, inbox = ledger.journal, ledger.heard
    own = conn.execute(select(journal).filter_by(subject=subject).order_by(journal.c.version))
    applied = select(inbox).where(inbox.c.source.in_(PRODUCERS)).filter_by(subject=subject, status="applied")
    others = conn.execute(applied.order_by(inbox.c.version))
    history: dict[Stream, list[Told]] = {}
    for row in [{"source": journey.source, **row} for row in own.mappings()] + [dict(row) for row in others.mappings()]:
        told = Told(**{name: row[name] for name in _PARTS})
        history.setdefault(told.stream, []).append(told)
    return history


_PARTS = (
    "source", "subject", "version", "event_id", "type", "effective", "recorded", "correlation", "causation",
    "traceparent", "data",
)  # fmt: skip
