"""Records twice, backwards, with holes, broken or too large: each stream is heard exactly once and in its order."""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, delete

from shared.bus.port import Bus, StartAt, Subscription
from shared.bus.relay import Relay
from shared.errors import Invalid
from shared.events.record import Record
from shared.writing import tail
from tests.support.load.facts import Refuted, counted
from tests.support.load.ground import Books, Ground
from tests.support.load.pair import Pair, pair
from tests.support.load.writer import cases, write
from tests.support.opened import opened

HEALTHY = cases(13)[1:]
POISONED = cases(1)[0]
VIEWS = ("heard", "facet", "relation", "todo", "attention")


async def written(one: Pair, rounds: int, some: list[str]) -> None:
    for _ in range(rounds):
        await asyncio.gather(*(one.count(case) for case in some))


def views(books: Books) -> list[object]:
    return [books.of(service, table) for service in ("intake", "grants") for table in VIEWS]


async def rewind(one: Pair, service: str) -> None:
    """Read the whole log again, as after a restored position."""
    offsets = one.kept(service).ledger.bus_offset
    await one.services[service].consumer.close()
    await one.kept(service).database.write(lambda conn: conn.execute(delete(offsets)))


async def test_a_log_read_again_from_its_beginning_changes_nothing(ground: Ground, seed: int) -> None:
    async with pair(ground, seed) as one:
        await written(one, 12, cases(13))
        before = await one.exact()
        for service in ("intake", "grants"):
            await rewind(one, service)
            await one.hears(service)
        assert views(await one.exact()) == views(before)


async def test_a_batch_sent_twice_is_heard_once(ground: Ground, seed: int) -> None:
    async with pair(ground, seed) as one:
        await written(one, 5, HEALTHY)
        records = await one.records()
        await one.bus.publish(records)
        await one.bus.publish([*reversed(records), *records])
        await one.hears()
        await one.exact()


class Slow:
    """A bus that keeps what it is given for a while, so that several senders overtake each other."""

    def __init__(self, bus: Bus, chance: random.Random) -> None:
        self.topic, self._bus, self._chance = bus.topic, bus, chance

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Sequence[Record]) -> None:
        await asyncio.sleep(self._chance.random() / 50)
        await self._bus.publish(records)

    async def subscribe(self, group: str, start_at: StartAt) -> Subscription:
        return await self._bus.subscribe(group, start_at)


async def test_three_relays_without_a_lock_do_no_harm(ground: Ground, seed: int) -> None:
    async with pair(ground, seed) as one:
        kept, slow = one.kept("intake"), Slow(one.bus, random.Random(seed))  # noqa: S311 -- moments, not secrets
        relays = [Relay(kept.database, kept.ledger, slow, "intake", kept.wake) for _ in range(3)]
        for _ in range(10):
            await asyncio.gather(written(one, 1, HEALTHY), *(relay.step() for relay in relays))
        await one.exact()


async def test_versions_out_of_order_wait_for_the_one_that_is_missing(
    ground: Ground, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with pair(ground, seed) as one:
        await written(one, 6, HEALTHY)
        records = await one.records()
        random.Random(seed).shuffle(records)  # noqa: S311 -- an order, not a secret
        first = next(record for record in records if record.headers["ce_sequence"] == "2")
        with caplog.at_level(logging.ERROR):
            await one.publish_all([record for record in records if record is not first])
            await one.hears()
        held = [row for row in (await one.ground.books()).of("grants", "heard") if row["status"] == "held"]
        assert {row["subject"] for row in held} == {first.key}
        assert [row["version"] for row in held] == [3, 4, 5, 6]
        assert "stream waits" in caplog.text
        await one.bus.publish([first])
        await one.exact()


@pytest.mark.parametrize(
    ("broken", "headers", "rounds"),
    [
        (b"{", {}, 41),
        (b"", {}, 21),
        (b"\xff", {}, 21),
        (None, {"ce_type": "intake.load.counted.v9"}, 21),
        (None, {"ce_time": "never"}, 21),
    ],
)
async def test_one_poison_in_a_batch_parks_its_stream_alone(
    ground: Ground, seed: int, broken: bytes | None, headers: dict[str, str], rounds: int
) -> None:
    """The first of these batches is as large as batches become."""
    async with pair(ground, seed) as one:
        await written(one, rounds, HEALTHY if rounds > 40 else HEALTHY[:3])
        records = await one.records()
        place, good = next((n, r) for n, r in enumerate(records) if r.headers["ce_sequence"] == "20")
        value = good.value if broken is None else broken
        await one.bus.publish(
            [*records[:place], Record(good.key, {**good.headers, **headers}, value), *records[place + 1 :]]
        )
        await one.hears()
        parked = [row for row in (await one.ground.books()).of("grants", "heard") if row["status"] == "parked"]
        assert {row["subject"] for row in parked} == {good.key}
        assert [row["version"] for row in parked] == list(range(20, rounds + 1))
        assert opened(one.kept("grants"), parked[0]).value == value
        await one.bus.publish([good])
        await one.exact()


async def test_what_was_parked_is_redriven_in_order_once_its_step_is_mended(
    ground: Ground, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(ground, seed) as one:
        await written(one, 15, cases(4))
        parked = [row for row in (await one.exact()).of("grants", "heard") if row["status"] == "parked"]
        grants = one.services["grants"]
        assert await grants.consumer.redrive(f"case/{POISONED}") == 0
        steps: Any = grants.kept.journey.facets["intake"].steps
        monkeypatch.setitem(steps, Refuted, counted)
        assert await grants.consumer.redrive(f"case/{POISONED}") == len(parked) > 5
        await one.exact(mended=True)


@pytest.mark.parametrize(
    "change",
    [
        {"ce_correlationid": "x" * 65_536},
        {"ce_subject": "nobody"},
        {"ce_source": "/" + "a" * 65_536},
        {"ce_sequence": "-1"},
    ],
)
async def test_headers_of_any_size_and_kind_stop_nobody(ground: Ground, seed: int, change: dict[str, str]) -> None:
    async with pair(ground, seed) as one:
        await written(one, 2, HEALTHY)
        odd = (await one.records())[0]
        stranger = replace(
            odd, key="case/" + "9" * 32, headers={**odd.headers, "ce_subject": "case/" + "9" * 32, **change}
        )
        await one.bus.publish([stranger])
        await one.hears()
        waits = [row for row in (await one.ground.books()).of("grants", "heard") if row["status"] == "parked"]
        assert len(waits) == 1
        await set_aside(one)
        await one.exact()


async def set_aside(one: Pair) -> None:
    """Take what is parked out of the way, so that the rest can be compared."""
    for service in ("intake", "grants"):
        await one.hears(service)
        heard = one.kept(service).ledger.heard
        parked = delete(heard).where(heard.c.status == "parked")
        await one.kept(service).database.write(partial(Connection.execute, statement=parked))


async def test_an_event_over_the_limit_is_refused_with_its_change(
    ground: Ground, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(ground, seed) as one:
        await written(one, 2, HEALTHY)
        with monkeypatch.context() as patch:
            patch.setattr(tail, "MAX_EVENT_BYTES", 10)
            with pytest.raises(Invalid, match="event_too_large"):
                await one.count(HEALTHY[0])
        await written(one, 1, HEALTHY)
        books = await one.exact()
        assert {row["number"] for row in books.of("intake", "load_tally")} == {3}


async def test_a_clock_that_jumps_back_changes_no_order(ground: Ground, seed: int) -> None:
    async with pair(ground, seed) as one:
        for hours in (0, -1, 0, -25, 1):
            one.clock.by += timedelta(hours=hours)
            await written(one, 2, HEALTHY)
            await one.drain()
        one.clock.by = timedelta(hours=2)
        await one.exact()


async def test_a_clock_moved_by_ten_minutes_keeps_nothing_waiting_and_does_nothing_twice(
    ground: Ground, seed: int
) -> None:
    """Ahead, then right, then behind: keys, positions, to-dos and deadlines go on as if nobody had moved it."""
    async with pair(ground, seed) as one:
        for number, minutes in enumerate((10, -10, -10, 10)):
            one.clock.by += timedelta(minutes=minutes)
            request, key = f"{number:032x}", f"key-{number}"
            done = [await write(one.kept("intake"), (HEALTHY[0],), request, key) for _ in range(2)]
            assert done[0].positions == done[1].positions
            await written(one, 2, HEALTHY)
            await one.drain()
        moved = one.clock.by
        await one.exact()
        assert one.clock.by - moved < timedelta(minutes=5)
