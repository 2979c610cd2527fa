"""A service's own view of a case: one facet per source, moved only by that source's events, in their order.

Make one `Journey` per service, with a pure step for each event it uses. No step sees another source's events, so the
order in which sources are received cannot matter, and a rebuild is the same fold again. A facet's version is how far
that stream was applied, whether or not a step used the event.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from shared.events.envelope import Said, Stream
from shared.journey.parts import ENDS, MAKING, Relation, made
from shared.journey.shutting import Parts, shut
from shared.model import Event, Model

M = TypeVar("M", bound=Model)
Step = Callable[[Any, Any], Any]
Protect = Callable[[Any, Any], Any]
"""Of a facet before its source lost facts and the same now: the one of now, with what protected somebody before."""


@dataclass(frozen=True)
class Facet:
    """What one source's events make of a subject. Each field of the model has a default; steps are pure and total.

    `protects` is for a source whose store went back in time: pure as well, and none where nothing protects anybody.
    """

    model: type[Model]
    steps: Mapping[type[Event], Step]
    protects: Protect | None = None

    @cached_property
    def blank(self) -> Model:
        """Before the first event. Frozen, so that one serves all."""
        return self.model()

    @cached_property
    def streams(self) -> frozenset[str]:
        return frozenset(kind.stream for kind in self.steps)


class Facets(dict[str, Any]):
    """The facets of a case by source, blank where nothing was received yet."""

    def of(self, model: type[M]) -> M:
        """The facet of that model, typed."""
        return next(facet for facet in self.values() if isinstance(facet, model))


def _no_next(facets: Facets) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Journey:
    """Which events a service uses, which it ignores, and the steps that apply them.

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
        """The facet that such a stream moves; None when no event of it is used."""
        kind = stream.subject.partition("/")[0]
        facet = self.facets.get(f"{stream.source}/{kind}") or self.facets.get(stream.source)
        return facet if facet is not None and kind in facet.streams else None


@dataclass(frozen=True)
class Guard:
    """A stream as it was before its source lost facts. What of it protected somebody holds on to this version.

    What is told behind that is told anew, and counts as it is. `parts` are those that were had; None where an earlier
    version of the product did not keep them.
    """

    version: int
    before: Model | None
    parts: Parts | None = None


class Progress(NamedTuple):
    """How far a stream was applied, its facet, and the parts that were made, ended, or over with a duty since.

    `relations` has each part, whenever it ends by itself, as it was made, or None where it ended.
    """

    version: int
    facet: Model | None
    relations: Mapping[Relation, Relation | None] = MappingProxyType({})
    guard: Guard | None = None
    over: frozenset[str] = frozenset()


def blank(journey: Journey, stream: Stream, guard: Guard | None = None) -> Progress:
    """Before the first event."""
    facet = journey.facet(stream)
    begun = Progress(0, facet.blank if facet else None, guard=guard)
    return begun if guard is None else _guarded(facet, begun, guard)


def advance(journey: Journey, progress: Progress, told: Said) -> Progress:
    """The progress after one more event of the stream. Pure; raises whatever a broken event or step raises."""
    facet, relations = progress.facet, progress.relations
    declared, kind = journey.facet(told.stream), told.kind
    step = declared.steps.get(kind) if declared else None
    if step is not None:
        facet = step(facet, told.event)
    over = ENDS.get(kind, frozenset())
    if over:
        relations = {part: None if part.kind in over else held for part, held in relations.items()}
    if issubclass(kind, MAKING):
        parts = made(told.subject, told.source, told.event, told.recorded)
        relations = {**relations, **{part.itself: part if holds else None for part, holds in parts}}
    moved = Progress(told.version, facet, relations, progress.guard, progress.over | over)
    return moved if progress.guard is None else _guarded(declared, moved, progress.guard)


def told_again(journey: Journey, stream: Stream, facts: Iterable[Said], guard: Guard | None = None) -> Progress:
    """The progress after all these facts of a stream, from its beginning."""
    progress = blank(journey, stream, guard)
    for fact in facts:
        # A dismissed one has no type: the stream goes on behind it as if it had said nothing.
        progress = advance(journey, progress, fact) if fact.type else progress._replace(version=fact.version)
    return progress


def _guarded(declared: Facet | None, moved: Progress, guard: Guard) -> Progress:
    """The same progress, as protective as it was before."""
    if moved.version > guard.version:
        return moved
    if guard.parts is not None:
        moved = moved._replace(relations=shut(guard.parts, moved.relations))
    return moved._replace(facet=_protected(declared, moved.facet, guard))


def _protected(declared: Facet | None, facet: Model | None, guard: Guard) -> Model | None:
    if declared is None or declared.protects is None:
        return facet
    protected: Model = declared.protects(guard.before, facet)
    return protected
