"""An invented little world for the bus: two tellers, a listener, and facts simple enough to count.

`intake` counts up and assigns people, `screening` counts too, `grants` listens. The facts stand in the catalogue only
while a test asks for them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from shared.contracts.leaves import Assigned, Count, Released
from shared.events.envelope import Envelope
from shared.ids import CaseRef, HouseholdRef
from shared.journey import Facet, Facets, Journey
from shared.journey.todos import Heard, Reactions
from shared.model import Event, Model

NOW = datetime(2015, 11, 4, 3, 0, tzinfo=UTC)
CASE = "c" * 32
STAFF = "5" * 32
ORGANISATION = "0" * 32


class _OfCase(Event):
    case_ref: CaseRef


class Counted(_OfCase):
    """Intake counted one more."""

    type: ClassVar[str] = "intake.tale.counted.v1"
    number: Count


class Refuted(_OfCase):
    """A fact whose step is broken."""

    type: ClassVar[str] = "intake.tale.refuted.v1"


class Whispered(_OfCase):
    """A fact that nobody hears."""

    type: ClassVar[str] = "intake.tale.whispered.v1"


class TaleAssigned(Assigned, _OfCase):
    """Somebody works on it."""

    type: ClassVar[str] = "intake.tale.assigned.v1"


class TaleReleased(Released, _OfCase):
    """Somebody does no longer."""

    type: ClassVar[str] = "intake.tale.released.v1"


class Moved(Event):
    """A household moved."""

    type: ClassVar[str] = "intake.home.moved.v1"
    stream: ClassVar[str] = "household"
    household_ref: HouseholdRef


class Screened(_OfCase):
    """Screening counted one more."""

    type: ClassVar[str] = "screening.tale.screened.v1"
    number: Count


class Granted(_OfCase):
    """The listener's own fact."""

    type: ClassVar[str] = "grants.tale.granted.v1"


EVENTS = (Counted, Refuted, Whispered, TaleAssigned, TaleReleased, Moved, Screened, Granted)


@contextmanager
def told_world() -> Iterator[None]:
    """The catalogue holds the facts of this world, and no other."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("shared.events.envelope", "shared.journey.timeline"):
            patch.setattr(f"{module}.EVERY", {event.type: event for event in EVENTS})
        yield


class Tally(Model):
    """What was counted, in the order it was heard."""

    numbers: tuple[int, ...] = ()
    moves: int = 0


class Screening(Model):
    """What screening counted."""

    numbers: tuple[int, ...] = ()


class Own(Model):
    """What the listener did."""

    granted: bool = False


def counted(facet: Tally, event: Counted) -> Tally:
    return facet.but(numbers=(*facet.numbers, event.number))


def refuted(facet: Tally, event: Refuted) -> Tally:
    raise ZeroDivisionError


def assigned(facet: Tally, event: Event) -> Tally:
    return facet


def moved(facet: Tally, event: Moved) -> Tally:
    return facet.but(moves=facet.moves + 1)


def screened(facet: Screening, event: Screened) -> Screening:
    return facet.but(numbers=(*facet.numbers, event.number))


def granted(facet: Own, event: Granted) -> Own:
    return facet.but(granted=True)


def stage(facets: Facets) -> str:
    return "granted" if facets.of(Own).granted else f"heard_{len(facets.of(Tally).numbers)}"


JOURNEY = Journey(
    source="grants",
    facets={
        "intake": Facet(
            Tally,
            {Counted: counted, Refuted: refuted, Moved: moved, TaleAssigned: assigned, TaleReleased: assigned},
        ),
        "screening": Facet(Screening, {Screened: screened}),
        "grants": Facet(Own, {Granted: granted}),
    },
    stage=stage,
    ignores=frozenset({Whispered}),
    next=lambda facets: ("grant",),
)


def reactions() -> Reactions:
    """The listener wants to greet whoever is counted, and to see to deadlines."""
    made = Reactions()

    @made.on(Counted)
    def greet(unit: Any, event: Heard[Counted]) -> None:
        unit.append(("greet", event.data.number, event.cause))

    @made.due("look_again")
    def look_again(unit: Any, todo: Any) -> None:
        unit.append(("look_again", todo.subject))

    return made


def told(event: Event, version: int, *, subject: str | None = None, event_id: str | None = None) -> Envelope:
    """An event as its teller's relay would send it."""
    source = event.type.partition(".")[0]
    subject = subject or f"{event.stream}/{getattr(event, event.stream + '_ref')}"
    return Envelope(
        source=source,
        subject=subject,
        version=version,
        event_id=event_id or f"{source}-{subject[-4:]}-{version}",
        type=event.type,
        effective=NOW - timedelta(days=1),
        recorded=NOW + timedelta(seconds=version),
        correlation="request-1",
        data=event.model_dump_json(),
    )


def tale(length: int, *, case: str = CASE) -> Sequence[Envelope]:
    """Intake counts 1, 2, 3 ... on one case."""
    return [told(Counted(case_ref=case, number=number), number) for number in range(1, length + 1)]
