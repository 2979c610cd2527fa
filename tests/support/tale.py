"""An invented little world for the bus: two tellers, a listener, and facts simple enough to count.

`intake` counts up and assigns people, `screening` counts too, `grants` listens. The facts stand in the catalogue only
while a test asks for them.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from sqlalchemy import MetaData, Table, insert, select

from shared.bus.consumer import Consumer
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import Told, encode
from shared.bus.port import Bus
from shared.contracts.leaves import Assigned, Count, Released
from shared.db import SqliteDatabase
from shared.ids import CaseRef, HouseholdRef
from shared.journey import Facet, Facets, Journey
from shared.ledger import Ledger, ledger
from shared.model import Event, Model
from shared.runtime import Kept
from shared.todos import Heard, Reactions

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
        for module in ("shared.bus.envelope", "shared.journey"):
            patch.setattr(f"{module}.CATALOGUE", {event.type: event for event in EVENTS})
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


@dataclass
class Watch:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Listener:
    """One service that listens, its store and its log."""

    kept: Kept
    bus: EmbeddedBus
    consumer: Consumer
    clock: Watch

    async def hear(self, *told: Told) -> None:
        """Publish, and consume to the end."""
        await self.bus.publish([encode(fact) for fact in told])
        await self.drain()

    async def drain(self) -> None:
        while await self.consumer.step():
            pass

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table, by primary key."""
        query = select(table).order_by(*table.primary_key)
        found = await self.kept.database.read(lambda conn: conn.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def statuses(self) -> dict[int, str]:
        """Version -> status of what was heard, one stream assumed."""
        return {row["version"]: row["status"] for row in await self.rows(self.kept.ledger.heard)}

    async def numbers(self, subject: str = f"case/{CASE}", source: str = "intake") -> list[int]:
        """What the tally of a subject holds."""
        facets = {(row["subject"], row["source"]): row["data"] for row in await self.rows(self.kept.ledger.facet)}
        return list(facets.get((subject, source), {}).get("numbers", []))

    async def view(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that must come out the same, whatever the order of arrival."""
        ledger = self.kept.ledger
        return {table.name: await self.rows(table) for table in (ledger.facet, ledger.relation)}

    async def write(self, table: Table, **values: Any) -> None:
        await self.kept.database.write(lambda conn: conn.execute(insert(table), values))

    def another(self, bus: Bus | None = None) -> Consumer:
        """A second reader over the same store."""
        return Consumer(self.kept, bus or self.bus)


def keep(name: str, path: Path, clock: Callable[[], datetime], book: Ledger, journey: Journey) -> Kept:
    """A running service without keys: nothing here is sealed."""
    return Kept(
        name=name,
        database=SqliteDatabase(path),
        ledger=book,
        journey=journey,
        reactions=reactions(),
        key_store=cast(Any, None),
        secret=b"invented",
        clock=clock,
        draw=draws(),
        wake=asyncio.Event(),
        todo_wake=asyncio.Event(),
    )


def draws() -> Callable[[], str]:
    """Refs in order, so that the same test gives the same rows."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Listener]:
    """A listener with a store and a log of its own in that folder."""
    metadata, clock = MetaData(), Watch()
    kept = keep("grants", folder / "grants.db", clock, ledger(metadata), JOURNEY)
    bus = EmbeddedBus(folder / "bus.db", clock=clock)
    await bus.start()
    await kept.database.write(metadata.create_all)
    listener = Listener(kept, bus, Consumer(kept, bus), clock)
    try:
        yield listener
    finally:
        await listener.consumer.close()
        await bus.stop()
        await kept.database.close()


def told(event: Event, version: int, *, subject: str | None = None, event_id: str | None = None) -> Told:
    """An event as its teller's relay would send it."""
    source = event.type.partition(".")[0]
    subject = subject or f"{event.stream}/{getattr(event, event.stream + '_ref')}"
    return Told(
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


def tale(length: int, *, case: str = CASE) -> Sequence[Told]:
    """Intake counts 1, 2, 3 ... on one case."""
    return [told(Counted(case_ref=case, number=number), number) for number in range(1, length + 1)]
