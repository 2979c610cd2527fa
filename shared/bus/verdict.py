"""Compares a journal with a view and lists the differences. Pure: rows in, findings out.

An event that is held or parked is not lost, but the view is not exact either.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from shared.events.envelope import Stream

SHOWN = 100
"""How many findings a verdict names; it counts them all."""


class Kind(StrEnum):
    """What can be wrong between what was published and what a view holds."""

    LOST = "lost"
    DOUBLED = "doubled"
    UNTOLD = "untold"
    """It stands in a view and in no journal."""
    OUT_OF_ORDER = "out_of_order"
    DIFFERENT = "different"
    """The same place in the stream, and not the same words."""
    WAITING = "waiting"
    DISMISSED = "dismissed"
    """An operator took it out of the way, with a reason: known to be missing, so the view counts as exact."""
    FACET = "facet"
    """A facet that does not stand where its stream does, or is not what the facts make of it."""


class Finding(NamedTuple):
    """One difference: whose event, in whose view. A journal of its own is compared with the own view."""

    kind: Kind
    teller: str
    hearer: str
    subject: str
    version: int


class Fact(NamedTuple):
    """What must be the same wherever an event is stored."""

    event_id: str
    type: str
    effective: Any
    recorded: Any
    correlation: str
    causation: str | None
    data: str


@dataclass(frozen=True)
class Told:
    """A stream in the journal of the service that published it. `reached` is where the stream row says it ends."""

    facts: Mapping[int, Fact]
    reached: int


@dataclass(frozen=True)
class View:
    """A stream in one view: what was applied, which versions wait, how far the facet is."""

    applied: Mapping[int, Fact]
    waiting: frozenset[int] = frozenset()
    facet: int = 0
    dismissed: frozenset[int] = frozenset()


@dataclass
class Verdict:
    """What a comparison found. Without a single finding, but for what was dismissed, it is exact."""

    told: Counter[str] = field(default_factory=Counter)
    applied: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[Kind, str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return all(kind is Kind.DISMISSED for kind, _, _ in self.found)

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.found[finding.kind, finding.teller, finding.hearer] += 1
            if len(self.findings) < SHOWN:
                self.findings.append(finding)

    def count(self, kind: Kind) -> int:
        """How many findings of this kind there are in all."""
        return sum(many for (found, _, _), many in self.found.items() if found is kind)


NOTHING_TOLD = Told({}, 0)
NOTHING_HEARD = View({})


def own(stream: Stream, told: Told, facet: int) -> Iterator[Finding]:
    """A journal must be dense, and its own service's facet must stand where it ends."""
    teller, subject = stream
    for version in sorted(set(range(1, told.reached + 1)) - told.facts.keys()):
        yield Finding(Kind.LOST, teller, teller, subject, version)
    for version in sorted(version for version in told.facts if version > told.reached):
        yield Finding(Kind.UNTOLD, teller, teller, subject, version)
    if facet != told.reached:
        yield Finding(Kind.FACET, teller, teller, subject, facet)


def compare(stream: Stream, hearer: str, told: Told, view: View) -> Iterator[Finding]:
    """Everything that is wrong with one stream in one view."""
    teller, subject = stream
    wrong = [*_missing(told, view), *_wrong(told, view)]
    if view.facet != max({*view.applied, *view.dismissed}, default=0):
        wrong.append((Kind.FACET, view.facet))
    for kind, version in wrong:
        yield Finding(kind, teller, hearer, subject, version)


def _missing(told: Told, view: View) -> Iterator[tuple[Kind, int]]:
    for version in sorted(told.facts.keys() - view.applied.keys() - view.waiting - view.dismissed):
        yield Kind.LOST, version
    for version in sorted(view.dismissed):
        yield Kind.DISMISSED, version
    for version in sorted(view.waiting):
        yield Kind.WAITING, version


def _wrong(told: Told, view: View) -> Iterator[tuple[Kind, int]]:
    if not view.waiting and view.applied == told.facts:
        return
    places = {fact.event_id: version for version, fact in told.facts.items()}
    held_back = min(view.waiting, default=None)
    seen: set[str] = set()
    for version, fact in sorted(view.applied.items()):
        place = places.get(fact.event_id)
        if fact.event_id in seen:
            yield Kind.DOUBLED, version
        elif place is None and version not in told.facts:
            yield Kind.UNTOLD, version
        elif place not in (None, version) or (held_back is not None and version > held_back):
            yield Kind.OUT_OF_ORDER, version
        elif fact != told.facts[version]:
            yield Kind.DIFFERENT, version
        seen.add(fact.event_id)
