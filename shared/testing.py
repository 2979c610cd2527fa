"""The test harness: a world with one or four services in it, its own clock and its own ids.

Nothing runs by itself: `settle` drives relay, consumers and to-dos until nothing moves, so a test never sleeps and two
runs of the same story store the same bytes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from shared.auth import Purpose, Role
from shared.bus.port import Bus
from shared.columns import canonical
from shared.contracts.catalogue import subject_of
from shared.events.envelope import Envelope, encode
from shared.ids import Draw
from shared.model import Event
from shared.running import Running

ROUNDS = 200
INVENTED = "Invented "


@dataclass
class TickingClock:
    """A clock that moves one millisecond at every look, and further only by `advance`."""

    now: datetime = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class CountedIds:
    """Refs that look random and are the same in every run."""

    seed: str = "test"
    drawn: int = 0

    def __call__(self) -> str:
        self.drawn += 1
        return hashlib.sha256(f"{self.seed}:{self.drawn}".encode()).hexdigest()[:32]


def ref(name: str) -> str:
    """A fixed ref for a readable name, for tests that need to speak of things before they exist."""
    return hashlib.sha256(f"named:{name}".encode()).hexdigest()[:32]


def caller(
    staff: str,
    role: Role,
    organisation: str = "bavet-centre",
    purpose: Purpose = Purpose.PROTECTION,
    factor_at: datetime | None = None,
) -> str:
    """What a request of a test says in `Authorization`, for an adapter that only tests have."""
    said = f"{INVENTED}staff={staff}; organisation={organisation}; role={role}; purpose={purpose}"
    return said if factor_at is None else f"{said}; factor_at={factor_at.isoformat()}"


@dataclass
class Harness:
    """One or more services behind one ASGI app, driven by hand."""

    app: Any
    running: dict[str, Running]
    bus: Bus
    clock: TickingClock
    draw: Draw
    _heard: dict[tuple[str, str], int] = field(default_factory=dict)
    _keys: int = 0

    def client(self) -> httpx.AsyncClient:
        """An HTTP client to the services, in process."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost")

    async def settle(self) -> None:
        """Drive every loop until nothing moves."""
        for _ in range(ROUNDS):
            moved = [await running.drain() for running in self.running.values()]
            if not any(moved):
                return
        raise AssertionError("the services did not come to rest")

    async def post(
        self,
        path: str,
        who: str,
        body: dict[str, Any] | None = None,
        *,
        version: int | str | None = None,
        key: str = "",
    ) -> httpx.Response:
        """A command, with an Idempotency-Key of its own unless one is given, settled afterwards.

        Once a store went back, a version alone names nothing: give what stands in the `ETag`.
        """
        self._keys += 1
        headers = {"Authorization": who, "Idempotency-Key": key or f"key-{self._keys}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        async with self.client() as client:
            answer = await client.post(path, json=body or {}, headers=headers)
        await self.settle()
        return answer

    async def get(self, path: str, who: str, **params: Any) -> httpx.Response:
        """A read."""
        async with self.client() as client:
            return await client.get(path, headers={"Authorization": who}, params=params)

    async def hear(self, source: str, *events: Event, at: datetime | None = None) -> None:
        """Publish events of another service that is not here, in order, and let all services apply them."""
        await self.tell(source, *events, at=at)
        await self.settle()

    async def tell(self, source: str, *events: Event, at: datetime | None = None) -> None:
        """Publish events of another service that is not here; nobody has received them yet."""
        moment = at or self.clock()
        records = []
        for event in events:
            subject = subject_of(event)
            version = self._heard[(source, subject)] = self._heard.get((source, subject), 0) + 1
            told = Envelope(
                source=source,
                subject=subject,
                version=version,
                event_id=self.draw(),
                type=event.type,
                effective=moment,
                recorded=moment,
                correlation="heard-in-a-test",
                data=canonical(event),
            )
            records.append(encode(told))
        await self.bus.publish(records)

    async def told(self, service: str, subject: str | None = None) -> list[str]:
        """The types of the events a service has published, oldest first."""
        journal = self.running[service].kept.ledger.journal
        query = select(journal.c.type).order_by(journal.c.id)
        if subject is not None:
            query = query.where(journal.c.subject == subject)
        found = await self.running[service].kept.database.read(lambda connection: connection.execute(query).all())
        return [row.type for row in found]

    async def rows(self, service: str, table: str) -> list[dict[str, Any]]:
        """All rows of one of a service's tables, as they are stored."""
        found = self.running[service].service.ledger.stream.metadata.tables[table]
        rows = await self.running[service].kept.database.read(lambda c: c.execute(select(found)).mappings().all())
        return [dict(row) for row in rows]


def harness_of(apps: Iterable[FastAPI], app: object, bus: Bus, clock: TickingClock, draw: Draw) -> Harness:
    """A harness around apps that were made without loops."""
    running = {found.state.running.service.name: found.state.running for found in apps}
    return Harness(app, running, bus, clock, draw)


__all__ = ["CountedIds", "Harness", "TickingClock", "caller", "harness_of", "ref"]
