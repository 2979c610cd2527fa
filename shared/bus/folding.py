"""Folds the events of many subjects at a time into facets, and reads the facets that are stored, to compare.

Facets are compared as the text they are stored as, so "equal" means byte for byte.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, String, literal, select, type_coerce

from shared.columns import canonical
from shared.contracts.catalogue import PRODUCERS
from shared.events.envelope import Said, Stream
from shared.journey import Guard, Journey, told_again
from shared.journey.guards import guards
from shared.journey.parts import Relation
from shared.storage import of_subjects
from shared.storage.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """What a service makes of one subject: by source its facet as stored text, and who works on it."""

    facets: Mapping[str, tuple[int, str]]
    relations: frozenset[Relation]


NOTHING = View({}, frozenset())
Views = Mapping[str, View]
History = Mapping[str, Mapping[str, Sequence[Said]]]
"""By subject and source, every fact that a service applied or told, in order."""
Guards = Mapping[Stream, Guard]


@dataclass(frozen=True)
class Past:
    """What views are folded from."""

    history: History
    guards: Guards


def folded(journey: Journey, portion: Iterable[str], past: Past) -> Views:
    """The views of these subjects, folded anew. One whose fold fails is missing, and the log says where."""
    made = {}
    for subject in portion:
        try:
            made[subject] = _folded_one(journey, subject, past)
        except Exception:
            log.exception("a view cannot be made again", extra={"subject": subject})
    return made


def _folded_one(journey: Journey, subject: str, past: Past) -> View:
    facets, relations = {}, set[Relation]()
    history = past.history.get(subject, {})
    for source in {*history, *(stream.source for stream in past.guards if stream.subject == subject)}:
        stream = Stream(source, subject)
        progress = told_again(journey, stream, history.get(source, ()), past.guards.get(stream))
        facets[source] = progress.version, canonical(progress.facet or {})
        relations |= {held for held in progress.relations.values() if held is not None}
    return View(facets, frozenset(relations))


def stored_of(conn: Connection, ledger: Ledger, portion: Iterable[str]) -> Views:
    """The stored views of these subjects; an unknown one has none."""
    facet, relation = ledger.facet, ledger.relation
    text, given = type_coerce(facet.c.data, String), {"subjects": list(portion)}
    query = select(facet.c.subject, facet.c.source, facet.c.version, text).where(of_subjects(facet, conn))
    facets: dict[str, dict[str, tuple[int, str]]] = {}
    for subject, source, version, data in conn.execute(query, given):
        facets.setdefault(subject, {})[source] = version, data
    relations: dict[str, set[Relation]] = {}
    for row in conn.execute(select(relation).where(of_subjects(relation, conn)), given):
        relations.setdefault(row.subject, set()).add(Relation(**row._mapping))
    return {subject: View(facets.get(subject, {}), frozenset(relations.get(subject, ()))) for subject in portion}


def past_of(conn: Connection, ledger: Ledger, journey: Journey, portion: Iterable[str]) -> Past:
    """All that the views of these subjects come from."""
    wanted = list(portion)
    return Past(history_of(conn, ledger, journey.source, wanted), guards(conn, ledger, journey, wanted))


def history_of(conn: Connection, ledger: Ledger, own_name: str, portion: Iterable[str]) -> History:
    """Every event of these subjects that the service `own_name` published or applied, in two statements."""
    journal, inbox, given = ledger.journal, ledger.heard, {"subjects": list(portion)}
    own = select(literal(own_name), *(journal.c[name] for name in _PARTS)).where(of_subjects(journal, conn))
    # Asked for applied rows alone, SQLite would go through all of them by the index on `status`.
    others = select(inbox.c.source, *(inbox.c[name] for name in _PARTS), inbox.c.status).where(
        inbox.c.source.in_(PRODUCERS), of_subjects(inbox, conn)
    )
    history: dict[str, dict[str, list[Said]]] = {}
    told = (Said(*row) for row in conn.execute(own.order_by(journal.c.version), given))
    heard = (
        Said(*row)
        for *row, status in conn.execute(others.order_by(inbox.c.version), given)
        if status in ("applied", "dismissed")
    )
    for fact in chain(told, heard):
        history.setdefault(fact.subject, {}).setdefault(fact.source, []).append(fact)
    return history


_PARTS = ("subject", "version", "type", "data", "recorded")
"""The columns of a fact in its place, in the order of `Said`."""
