"""Finds the subjects of which journals and views plainly hold the same, without a row of Python for each event.

The database sums up each stream: how many events, and all their words as one text. Equal sums hold the same, word
by word. Unequal ones need not differ, since a database may put a moment or an order into words in its own way: whoever
gets a subject back has to look at it closely.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from shared.bus.consumer import Consuming
from shared.bus.verdict import Fact, Verdict
from shared.events.envelope import Stream
from shared.storage import of_subjects, one_moment


class Sum(NamedTuple):
    """A stream, as far as a store has it."""

    many: int
    first: int
    last: int
    words: str


Sums = Mapping[Stream, Sum]
Ends = Mapping[Stream, int]
"""How far each stream, or each facet, has come."""


async def unlike(stores: Sequence[Consuming], portion: Sequence[str], verdict: Verdict) -> set[str]:
    """The subjects that must be looked at closely; the events of all others are counted in the verdict."""
    names = [kept.name for kept in stores]
    views = {kept.name: await kept.database.read(partial(_heard, kept, names, portion)) for kept in stores}
    told: dict[Stream, Sum] = {}
    wanted = set[str]()
    for kept in stores:
        own, reached, facets = await kept.database.read(partial(_told, kept, portion))
        told.update(own)
        wanted |= _different(_ends(own), reached) | _different(_ends(own), facets)
    for hearer, (heard, facets) in views.items():
        others = {stream: total for stream, total in told.items() if stream.source != hearer}
        wanted |= _different(others, heard) | _different(_ends(heard), facets)
    wanted |= {stream.subject for stream, total in told.items() if (total.first, total.last) != (1, total.many)}
    for (teller, subject), total in told.items():
        if subject not in wanted:
            verdict.told[teller] += total.many
            verdict.applied.update({(teller, hearer): total.many for hearer in names if hearer != teller})
    return wanted


def _different(one: Mapping[Stream, Any], other: Mapping[Stream, Any]) -> set[str]:
    return {stream.subject for stream, _ in one.items() ^ other.items()}


def _ends(sums: Sums) -> Ends:
    return {stream: total.last for stream, total in sums.items()}


def _heard(kept: Consuming, names: Sequence[str], portion: Sequence[str], conn: Connection) -> tuple[Sums, Ends]:
    """What a service applied of the others' streams, and its facets. One that it could not all apply equals nothing."""
    one_moment(conn)
    heard = kept.ledger.heard
    status = (func.min(heard.c.status), func.max(heard.c.status))
    query = select(heard.c.source, heard.c.subject, *status, *_sum(heard, conn))
    query = query.where(heard.c.source.in_(names), of_subjects(heard, conn))
    grouped = query.group_by(heard.c.source, heard.c.subject)
    sums = {}
    for source, subject, least, most, *total in conn.execute(grouped, {"subjects": list(portion)}).all():
        made = Sum(*total)
        sums[Stream(source, subject)] = made if least == most == "applied" else made._replace(words="")
    return sums, _facets(kept, [name for name in names if name != kept.name], portion, conn)


def _told(kept: Consuming, portion: Sequence[str], conn: Connection) -> tuple[Sums, Ends, Ends]:
    """What a service published, where its stream rows say that each ends, and its own facets."""
    one_moment(conn)
    journal, stream, subjects = kept.ledger.journal, kept.ledger.stream, {"subjects": list(portion)}
    query = select(journal.c.subject, *_sum(journal, conn)).where(of_subjects(journal, conn))
    query = query.group_by(journal.c.subject)
    sums = {Stream(kept.name, subject): Sum(*total) for subject, *total in conn.execute(query, subjects).all()}
    ends = select(stream.c.subject, stream.c.version).where(of_subjects(stream, conn), stream.c.version > 0)
    reached = {Stream(kept.name, subject): version for subject, version in conn.execute(ends, subjects).all()}
    return sums, reached, _facets(kept, [kept.name], portion, conn)


def _facets(kept: Consuming, sources: Sequence[str], portion: Sequence[str], conn: Connection) -> Ends:
    facet = kept.ledger.facet
    these = (facet.c.source.in_(sources), of_subjects(facet, conn), facet.c.version > 0)
    query = select(facet.c.source, facet.c.subject, facet.c.version).where(*these)
    rows = conn.execute(query, {"subjects": list(portion)}).all()
    return {Stream(source, subject): version for source, subject, version in rows}


def _sum(table: Table, conn: Connection) -> tuple[ColumnElement[Any], ...]:
    version, columns = table.c.version, [table.c[name] for name in ("version", *Fact._fields)]
    if conn.dialect.name == "postgresql":
        words = func.json_agg(aggregate_order_by(func.json_build_array(*columns), version))
    else:
        # In the order of the index by which they are found.
        words = func.json_group_array(func.json_array(*columns))
    return func.count(), func.min(version), func.max(version), cast(words, Text)
