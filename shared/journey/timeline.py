"""A case's journey as it is read: stage, timeline and next steps, computed from facets, inbox and own journal."""

from typing import Any

from sqlalchemy import Connection, select

from shared.clock import Moment
from shared.contracts.catalogue import EVERY, PRODUCERS, today
from shared.errors import NotFound
from shared.ids import CaseRef, Subject
from shared.journey import Facets, Journey
from shared.journey.views import facet_of
from shared.model import C0, Model
from shared.storage import one_moment
from shared.storage.ledger import Ledger


class TimelineEntry(Model):
    """One fact in a case's life: when it was true there, when it was recorded."""

    source: C0[str]
    version: int
    type: C0[str]
    effective: Moment
    recorded: Moment


class JourneyRead(Model):
    """A case as this service sees it. `behind` names the sources of which some facts still wait."""

    case_ref: CaseRef
    stage: C0[str]
    next: C0[tuple[str, ...]]
    timeline: tuple[TimelineEntry, ...]
    facets: C0[dict[str, dict[str, Any]]]
    behind: C0[tuple[str, ...]]


def view(conn: Connection, ledger: Ledger, journey: Journey, case_ref: str) -> JourneyRead:
    """The journey, computed at read from facets, `heard` and the own journal."""
    one_moment(conn)
    subject = Subject("case", case_ref)
    timeline = _own(conn, ledger, journey, subject)
    heard, behind = _heard(conn, ledger, journey, subject)
    facets = Facets(
        (source, facet_of(conn, ledger, subject, source, facet.model))
        for source, facet in ((key.partition("/")[0], facet) for key, facet in journey.facets.items())
        if "case" in facet.streams
    )
    if not timeline and not heard and not behind:
        raise NotFound
    return JourneyRead(
        case_ref=case_ref,
        stage=journey.stage(facets),
        next=tuple(journey.next(facets)),
        timeline=tuple(sorted(timeline + heard, key=lambda at: (at.effective, at.recorded, at.source, at.version))),
        facets={source: facet.model_dump(mode="json") for source, facet in sorted(facets.items())},
        behind=behind,
    )


def _own(conn: Connection, ledger: Ledger, journey: Journey, subject: str) -> list[TimelineEntry]:
    journal = ledger.journal.c
    query = select(journal.version, journal.type, journal.effective, journal.recorded).where(journal.subject == subject)
    return [TimelineEntry(source=journey.source, **row) for row in conn.execute(query).mappings()]


_ENTRY = ("source", "version", "type", "effective", "recorded")


def _heard(
    conn: Connection, ledger: Ledger, journey: Journey, subject: str
) -> tuple[list[TimelineEntry], tuple[str, ...]]:
    """What was applied and is not ignored; and the sources that have facts waiting."""
    heard = ledger.heard.c
    # Naming the sources lets the primary key (source, subject, version) find the rows; asked for applied ones alone,
    # SQLite would go through all there are by the index on `status`.
    columns = heard.source, heard.version, heard.type, heard.effective, heard.recorded, heard.status
    query = select(*columns).where(heard.source.in_(PRODUCERS), heard.subject == subject)
    timeline, behind = [], set[str]()
    for *parts, status in conn.execute(query):
        if status in ("held", "parked"):
            behind.add(parts[0])
        elif status == "applied" and not _ignored(journey, parts[2]):
            timeline.append(TimelineEntry(**dict(zip(_ENTRY, parts, strict=True))))
    return timeline, tuple(sorted(behind))


def _ignored(journey: Journey, type_: str) -> bool:
    return type_ in EVERY and today(EVERY[type_]) in journey.ignores
