"""One service at work: its store, its relay, its consumer and its to-do loops.

A service starts its store before its loops and its loops before it answers, and stops in the reverse order, so that no
request ever meets a half-open service.
"""

import asyncio
import contextlib
from datetime import timedelta
from functools import partial

from shared import stores
from shared.audit.running import sequencer_of
from shared.auth.budget import Budget
from shared.bus.alarm import Alarm
from shared.bus.consumer import Consumer
from shared.bus.looking import Looking
from shared.bus.relay import Relay
from shared.errors import Unavailable
from shared.observability.watching import Watching
from shared.runtime import Kept
from shared.sealing.in_force import POSITIONS
from shared.service import Runtime, Service
from shared.storage import revisions
from shared.storage.standing import Standing, watch
from shared.supervisor import Supervisor
from shared.web.metrics import Metrics
from shared.writing import closing, key_check
from shared.writing.doing import Doing
from shared.writing.meeting import Newcomers
from shared.writing.spare_keys import SpareKeys
from shared.writing.unknown import Unknown


class Running:
    """One service at work."""

    def __init__(self, service: Service, runtime: Runtime) -> None:
        self.service, self.runtime = service, runtime
        self.package = f"services.{service.name}"
        if not stores.on_postgres(runtime.settings):
            stores.bring_up(runtime.settings, service.name)
        self.newcomers = Newcomers(service.meets)
        self.kept = _kept(service, runtime, self.newcomers)
        self.bus = runtime.bus
        self.relay = Relay(
            self.kept.database,
            service.ledger,
            runtime.bus,
            service.name,
            self.kept.wake,
            self.kept.standing,
            Looking(self.kept, runtime.bus).look,
        )
        self.consumer = Consumer(self.kept, runtime.bus, self._applied)
        self.doing = Doing(self.kept)
        self.alarm = Alarm(self.kept, timedelta(minutes=runtime.settings.alarm_minutes))
        self.spare_keys = SpareKeys(self.kept)
        self.unknown = Unknown(self.kept)
        self.sequencer = sequencer_of(self.kept, runtime.settings)
        self.supervisor = Supervisor()
        self.watching = Watching(service.name, self.kept.tracing)
        runtime.limits.shown_in(self.watching.registry, service.name)
        self.metrics = Metrics(self.kept, runtime.bus, self.supervisor, self.watching.registry, self.sequencer.figures)
        self.started = False

    def _applied(self, planted: bool) -> None:
        if planted:
            self.kept.todo_wake.set()
        self.kept.applied.ring()

    async def start(self) -> None:
        """Begin the loops, unless a test drives them.

        Raises UnknownRevision over a store that is not up to date, WrongKeys over one that has other keys than ours.
        """
        kept = self.kept
        revisions.refuse_other(self.package, await kept.database.read(revisions.revision))
        await key_check.refuse_other_keys(kept)
        await closing.seal_what_stood_clear(kept)
        await kept.standing.refresh(kept.database, kept.ledger)
        if self.runtime.loops:
            self.supervisor.start("relay", self.relay.run)
            self.supervisor.start("consumer", self.consumer.run)
            self.supervisor.start("to-dos", self.doing.run)
            self.supervisor.start("alarm", self.alarm.run)
            self.supervisor.start("standing", partial(watch, kept.standing, kept.database, kept.ledger))
            self.supervisor.start("spare keys", self.spare_keys.run)
            self.supervisor.start("unknown callers", self.unknown.run)
            self.supervisor.start("audit", self.sequencer.run)
            if self.newcomers.meets is not None:
                self.supervisor.start("newcomers", partial(self.newcomers.run, kept))
        self.started = True

    async def stop(self) -> None:
        """End the loops, then close the store."""
        await self.supervisor.stop()
        await self.consumer.close()
        with contextlib.suppress(Unavailable):
            await self.unknown.store()
        await self.kept.database.close()
        await asyncio.to_thread(self.kept.tracing.close)

    def health(self) -> dict[str, object]:
        """How each loop is, and how many streams have waited too long."""
        return {
            "loops": self.supervisor.health(),
            "streams_waiting_too_long": self.alarm.late,
            "conflicts": dict(self.kept.standing.conflicts),
        }

    async def drain(self) -> bool:
        """One round of relay, consumer and to-dos by hand. True when anything moved."""
        moved = await self.relay.step()
        moved += await self.consumer.step()
        moved += await self.doing.step()
        return bool(moved)


def _kept(service: Service, runtime: Runtime, newcomers: Newcomers) -> Kept:
    """What the parts of a service share while it works."""
    return Kept(
        name=service.name,
        database=stores.database_for(runtime.settings, service.name),
        ledger=service.ledger,
        journey=service.journey,
        reactions=service.reactions,
        key_store=runtime.key_store,
        secret=runtime.key_store.secret(service.name),
        position_secret=runtime.key_store.secret(POSITIONS),
        clock=runtime.clock,
        draw=runtime.draw,
        policy=service.policy,
        actions=service.actions,
        identify=newcomers.noticing(runtime.limits.callers.counting(runtime.identify)),
        tracing=runtime.tracing_for(runtime.settings, service.name),
        standing=Standing(service.name, runtime.contradicted),
        budget=Budget(runtime.settings.cases_per_hour),
        erasures=stores.erasures_of(runtime.settings),
    )
