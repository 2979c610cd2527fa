"""The metrics page in Prometheus' form: read from bus and store when somebody asks, never counted on the way.

Published and received events are counters from the store: the last place in the change feed, and the offsets. All
replicas of a service show the same figures, so never add them up.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.lag import Lag, quick_lag
from shared.bus.port import Bus, Measured
from shared.errors import Unavailable
from shared.journey.lost import open_losses
from shared.runtime import Kept
from shared.storage.ledger import Ledger
from shared.supervisor import Supervisor

GAUGES = {
    "homeward_store_reachable": "1 while the service's store answers.",
    "homeward_pending_facts": "Facts that are stored and not yet published.",
    "homeward_pending_age_seconds": "Age of the oldest fact that is not yet published.",
    "homeward_lag_records": "Records of the topic that this service has not read, by partition.",
    "homeward_held_facts": "Facts heard before one that must come first.",
    "homeward_held_age_seconds": "For how long the oldest held fact has waited.",
    "homeward_parked_facts": "Facts that could not be understood, and all behind them in their streams.",
    "homeward_parked_age_seconds": "For how long the oldest parked fact has waited.",
    "homeward_unreadable_records": "Records that name no stream.",
    "homeward_todos_due": "To-dos whose time has come.",
    "homeward_todos_age_seconds": "For how long the oldest deadline has been due.",
    "homeward_todos_failing": "To-dos that failed and will be tried again.",
    "homeward_attention_rows": "What people must look at and nobody has dismissed.",
    "homeward_lost_streams": "Streams that lost facts when a store was put back, and that nobody has dismissed.",
    "homeward_conflicting_records": "Records that say something else than what stands here, by whose they are.",
    "homeward_audit_unnumbered_entries": "Entries of the audit that have no number in its hash tree yet.",
    "homeward_audit_unwitnessed_seconds": "For how long a checkpoint of the audit has waited for the witness.",
    "homeward_loop_healthy": "1 while a loop turns as it should.",
}
COUNTERS = {
    "homeward_audit_entries_total": "Entries in the hash tree of the audit. The same in all replicas.",
    "homeward_published_facts_total": "Facts this service has ever published. The same in all its replicas.",
    "homeward_read_records_total": "Records of the topic this service has ever read. The same in all its replicas.",
    "homeward_loop_restarts_total": "How often a loop was started again in this process.",
}

Audit = Callable[[Connection], Mapping[str, float]]
"""The figures of the audit."""
Values = list[tuple[dict[str, str], float]]
STORE_TROUBLE = (Unavailable, SQLAlchemyError, TimeoutError)
STORE_PATIENCE = 5.0
"""Seconds within which the store answers, or is taken to be away."""
BUS_PATIENCE = 2.0
"""Seconds within which a bus says how far it reaches, or is taken to be away."""


class Metrics:
    """The metrics of one service."""

    def __init__(self, kept: Kept, bus: Bus, supervisor: Supervisor, requests: CollectorRegistry, audit: Audit) -> None:
        self._kept, self._bus, self._supervisor, self._requests = kept, bus, supervisor, requests
        self._audit = audit

    async def page(self) -> bytes:
        """The whole page. That the store does not answer is said there, beside what the process knows by itself."""
        found = self._loops()
        try:
            async with asyncio.timeout(STORE_PATIENCE):
                now = await quick_lag(self._kept)
                published = await self._kept.database.read(lambda conn: _published(conn, self._kept.ledger))
                audited = await self._kept.database.read(self._audit)
                lost = await self._kept.database.read(lambda conn: open_losses(conn, self._kept.ledger))
        except STORE_TROUBLE:
            found["homeward_store_reachable"] = [({}, 0)]
        else:
            found |= {name: [({}, value)] for name, value in _stored(now, published)}
            found |= {name: [({}, value)] for name, value in audited.items()}
            found["homeward_conflicting_records"] = self._conflicts()
            found["homeward_lost_streams"] = [({}, lost)]
            found["homeward_lag_records"] = await self._unread(now.positions)
        return generate_latest(_Page(self._kept.name, found, self._requests))

    def _loops(self) -> dict[str, Values]:
        loops = self._supervisor.health().items()
        return {
            "homeward_loop_healthy": [({"loop": name}, float(loop["healthy"])) for name, loop in loops],
            "homeward_loop_restarts_total": [({"loop": name}, loop["restarts"]) for name, loop in loops],
        }

    def _conflicts(self) -> Values:
        """By source; our own always stands there, so that an alarm can be set on it."""
        standing = self._kept.standing
        known = {standing.name: 0} | dict(standing.conflicts)
        return [({"source": source}, count) for source, count in known.items()]

    async def _unread(self, positions: Mapping[int, int]) -> Values:
        """By partition; nothing where the bus cannot tell."""
        ends = await ends_of(self._bus) or {}
        return [({"partition": str(part)}, max(0, end - positions.get(part, 0))) for part, end in ends.items()]


async def ends_of(bus: Bus) -> Mapping[int, int] | None:
    """How far the topic reaches, by partition; None while the bus does not say."""
    if not isinstance(bus, Measured):
        return None
    try:
        async with asyncio.timeout(BUS_PATIENCE):
            return await bus.ends()
    except Exception:
        # Whatever a broker's client raises: a probe says that the bus is away, and never fails itself.
        return None


def _published(conn: Connection, ledger: Ledger) -> int:
    """The last place in the change feed, which each fact gets when it is published."""
    counter = ledger.counter
    return conn.execute(select(counter.c.value).where(counter.c.name == "position")).scalar_one_or_none() or 0


def _stored(now: Lag, published: int) -> Iterator[tuple[str, float]]:
    yield "homeward_store_reachable", 1
    for name, waiting in (("pending", now.pending), ("held", now.held), ("parked", now.parked)):
        yield f"homeward_{name}_facts", waiting.count
        yield f"homeward_{name}_age_seconds", waiting.oldest
    yield "homeward_unreadable_records", now.unreadable
    yield "homeward_todos_due", now.due.count
    yield "homeward_todos_age_seconds", now.due.oldest
    yield "homeward_todos_failing", now.failing
    yield "homeward_attention_rows", now.attention
    yield "homeward_published_facts_total", published
    yield "homeward_read_records_total", sum(now.positions.values())


class _Page:
    """What was found and what was seen of requests, as one collection."""

    def __init__(self, service: str, found: Mapping[str, Values], requests: CollectorRegistry) -> None:
        self._service, self._found, self._requests = service, found, requests

    def collect(self) -> Iterator[Metric]:
        for name, values in self._found.items():
            if values:
                yield self._family(name, values)
        yield from self._requests.collect()

    def _family(self, name: str, values: Values) -> Metric:
        labels = ("service", *values[0][0])
        kind = CounterMetricFamily if name in COUNTERS else GaugeMetricFamily
        family = kind(name, (GAUGES | COUNTERS)[name], labels=labels)
        for labelled, value in values:
            family.add_metric((self._service, *labelled.values()), value)
        return family
