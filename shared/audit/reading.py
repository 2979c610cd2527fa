"""Reads the audit for those who may: by subject, by who, by time, page by page in the order of the store.

Whom an entry is about stands in an index that the sequencer fills; the few entries that have no number yet are looked
through themselves, so that nothing is missing in the second after it happened.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, select, type_coerce, union_all
from sqlalchemy import Text as LongText

from shared.audit.floor import floor
from shared.auth import Caller
from shared.reading import PageAsked, Reader
from shared.reading.cursors import Cursors
from shared.storage.tables import Row

OVERLAP = 1000
"""Ids below the floor that are looked through all the same: it may rise between two statements."""


def about(reader: Reader, subjects: Collection[str]) -> ColumnElement[bool]:
    """The condition that an entry is about one of these subjects."""
    ledger = reader.kept.ledger
    audit, known = ledger.audit.c, ledger.audit_about.c
    numbered = select(known.audit_id).where(known.subject.in_(subjects))
    late = audit.id > floor(reader.connection, ledger) - OVERLAP
    text = type_coerce(audit.subjects, LongText)
    named = [select(audit.id).where(late, text.contains(f'"{one}"', autoescape=True)) for one in subjects]
    return audit.id.in_(union_all(numbered, *named)) if subjects else false()


def between(reader: Reader, since: datetime | None, before: datetime | None) -> list[ColumnElement[bool]]:
    """The conditions that an entry was written from one moment on and before another."""
    at = reader.kept.ledger.audit.c.at
    return [*([at >= since] if since else []), *([at < before] if before else [])]


def page(
    reader: Reader, caller: Caller, asked: PageAsked, wanted: Sequence[ColumnElement[bool]], **bound: object
) -> tuple[Sequence[Row], str | None]:
    """One page of entries, and the cursor of the next. `bound` are the filters that a cursor belongs to."""
    audit = reader.kept.ledger.audit
    mark = Cursors(reader.kept.secret, "audit", {**bound, "newest": asked.newest or None}, caller)
    query: Select[tuple[object, ...]] = select(audit).where(*wanted)
    if asked.cursor is not None:
        here = int(mark.read(asked.cursor)[1])
        query = query.where(audit.c.id < here if asked.newest else audit.c.id > here)
    query = query.order_by(audit.c.id.desc() if asked.newest else audit.c.id).limit(asked.limit + 1)
    rows = reader.connection.execute(query).mappings().all()
    if len(rows) <= asked.limit:
        return rows, None
    last = rows[asked.limit - 1]
    return rows[: asked.limit], mark.write(last["at"], str(last["id"]))
