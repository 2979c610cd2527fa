"""A service's own view of a case: one facet per source, moved only by that source's facts, in their order.

The surprise: because no step sees another source's facts, the order in which sources are heard cannot matter, and a
rebuild is the same fold again. A facet's version is how far that stream was heard, whether or not a step cared.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Executable, Select, bindparam, delete, insert, select, update

from shared.bus.envelope import Stream, Told
from shared.clock import Moment
from shared.contracts.catalogue import CATALOGUE, PRODUCERS
from shared.contracts.leaves import Assigned, Released
from shared.errors import NotFound
from shared.ids import CaseRef
from shared.ledger import Ledger
from shared.model import C0, Event, Model

M = TypeVar("M", bound=Model)
Step = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Facet:
    """What one source's facts make of a subject. Each field of the model has a default; steps are pure and total."""

    model: type[Model]
    steps: Mapping[type[Event], Step]

    @cached_property
    def streams(self) -> frozenset[str]:
        return frozenset(kind.stream for kind in self.steps)


class Facets(dict[str, Any]):
    """The facets of a case by source, blank where nothing was heard yet."""

    def of(self, model: type[M]) -> M:
        """The facet of that model, typed."""
        return next(facet for facet in self.values() if isinstance(facet, model))


def _no_next(facets: Facets) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Journey:
    """What a service hears, what it ignores, and what it makes of it.

    `facets` is keyed by source (`intake`), or by source and stream kind (`intake/household`) where these want a model
    of their own.
    """

    source: str
    facets: Mapping[str, Facet]
    stage: Callable[[Facets], str]
    ignores: frozenset[type[Event]] = frozenset()
    next: Callable[[Facets], tuple[str, ...]] = _no_next

    @cached_property
    def hears(self) -> frozenset[type[Event]]:
        return frozenset(kind for facet in self.facets.values() for kind in facet.steps)

    def facet(self, stream: Stream) -> Facet | None:
        """The facet that such a stream moves; None when nothing of it is heard."""
        kind = stream.subject.partition("/")[0]
        facet = self.facets.get(f"{stream.source}/{kind}") or self.facets.get(stream.source)
        return facet if facet is not None and kind in facet.streams else None


class Relation(NamedTuple):
    """Somebody works on a subject, as that source says."""

    subject: str
    source: str
    staff_ref: str
    organisation_ref: str
    kind: str


@dataclass(frozen=True)
class Progress:
    """How far a stream was heard, and what it made."""

    version: int
    facet: Model | None
    relations: Mapping[Relation, bool] = field(default_factory=dict)


def blank(journey: Journey, stream: Stream) -> Progress:
    """Before the first fact."""
    facet = journey.facet(stream)
    return Progress(0, facet.model() if facet else None)


def advance(journey: Journey, progress: Progress, told: Told) -> Progress:
    """The progress after one more fact of the stream. Pure; raises whatever a broken fact or step raises."""
    facet, relations = progress.facet, progress.relations
    declared = journey.facet(told.stream)
    step = declared.steps.get(told.kind) if declared else None
    if step is not None:
        facet = step(facet, told.event)
    if issubclass(told.kind, Assigned | Released):
        relations = {**relations, _relation(told): issubclass(told.kind, Assigned)}
    return replace(progress, version=told.version, facet=facet, relations=relations)


def _relation(told: Told) -> Relation:
    event = told.event
    assert isinstance(event, Assigned | Released)
    return Relation(told.subject, told.source, event.staff_ref, event.organisation_ref, event.kind)


@dataclass(frozen=True)
class _Statements:
    load: Select[Any]
    insert: Executable
    update: Executable
    relate: Executable
    unrelate: Executable


@cache
def _statements(ledger: Ledger) -> _Statements:
    facet, relation = ledger.facet, ledger.relation
    return _Statements(
        load=select(facet).where(facet.c.subject.in_(bindparam("subjects", expanding=True))),
        insert=insert(facet),
        update=update(facet).where(facet.c.subject == bindparam("of"), facet.c.source == bindparam("by")),
        relate=insert(relation),
        unrelate=delete(relation).where(*(relation.c[name] == bindparam(f"old_{name}") for name in Relation._fields)),
    )


def load(conn: Connection, ledger: Ledger, journey: Journey, streams: Iterable[Stream]) -> dict[Stream, Progress]:
    """How far each of these streams is, in one statement."""
    found = {stream: blank(journey, stream) for stream in streams}
    subjects = sorted({stream.subject for stream in found})
    for row in conn.execute(_statements(ledger).load, {"subjects": subjects}):
        stream = Stream(row.source, row.subject)
        if stream in found:
            declared = journey.facet(stream)
            found[stream] = Progress(row.version, declared.model.model_validate(row.data) if declared else None)
    return found


def save(conn: Connection, ledger: Ledger, moved: Mapping[Stream, tuple[Progress, Progress]]) -> None:
    """Write what changed, a statement per table. `moved` says for each stream: before, after."""
    statements = _statements(ledger)
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for (source, subject), (before, after) in moved.items():
        row: dict[str, Any] = {"version": after.version, "data": after.facet or {}}
        if before.version:
            changed.append({"of": subject, "by": source, **row})
        else:
            new.append({"subject": subject, "source": source, **row})
    relations = {key: holds for _, after in moved.values() for key, holds in after.relations.items()}
    for statement, rows in (
        (statements.insert, new),
        (statements.update, changed),
        (statements.unrelate, [{f"old_{name}": part for name, part in key._asdict().items()} for key in relations]),
        (statements.relate, [key._asdict() for key, holds in relations.items() if holds]),
    ):
        if rows:
            conn.execute(statement, rows)


def fold(
    conn: Connection, ledger: Ledger, journey: Journey, source: str, subject: str, told: Sequence[Told]
) -> Progress:
    """Move one stream's facet by its next facts. The caller holds the stream's lock."""
    stream = Stream(source, subject)
    before = after = load(conn, ledger, journey, [stream])[stream]
    for fact in told:
        after = advance(journey, after, fact)
    save(conn, ledger, {stream: (before, after)})
    return after


def facet_of(conn: Connection, ledger: Ledger, subject: str, source: str, model: type[M]) -> M:
    """What this service makes of a subject from that source's facts so far."""
    facet = ledger.facet
    data = conn.execute(
        select(facet.c.data).where(facet.c.subject == subject, facet.c.source == source)
    ).scalar_one_or_none()
    return model.model_validate(data or {})


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
    subject = f"case/{case_ref}"
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


def _heard(
    conn: Connection, ledger: Ledger, journey: Journey, subject: str
) -> tuple[list[TimelineEntry], tuple[str, ...]]:
    """What was applied and is not ignored; and the sources that have facts waiting."""
    heard = ledger.heard.c
    # Naming the sources lets the primary key (source, subject, version) find the rows.
    here = heard.source.in_(PRODUCERS), heard.subject == subject
    columns = heard.source, heard.version, heard.type, heard.effective, heard.recorded
    applied = conn.execute(select(*columns).where(*here, heard.status == "applied")).mappings()
    behind = conn.execute(select(heard.source).where(*here, heard.status != "applied").distinct()).scalars()
    timeline = [TimelineEntry(**row) for row in applied if CATALOGUE.get(row["type"]) not in journey.ignores]
    return timeline, tuple(sorted(behind))
