"""Receiving: events from one partition into `heard` and the views of a service, and what it costs the writers."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import uvloop
from sqlalchemy import select

from bench import parts, raw_sqlite
from bench.facts import Shelf, told
from bench.measure import Figure, Scale, in_turn, over, per_second, rates
from bench.worlds import at_work, count, in_folder, write
from shared.events.envelope import Envelope
from shared.running import Running
from shared.runtime import Kept
from shared.settings import Settings

BATCH = 500
WORST_MS = 250.0


async def _hear(running: Running) -> None:
    while await running.consumer.step():
        pass


async def sqlite(scale: Scale) -> list[Figure]:
    """Row 16: over `executemany` of the same inbox rows into a bare table, a durable commit per batch."""
    facts = list(told(scale.of(20_000, least=2000)))
    with TemporaryDirectory() as place:
        folder, turns = Path(place), iter(range(1000))
        rows: list[tuple[object, ...]] = []

        async def ours() -> float:
            here = in_folder(folder / f"ours-{next(turns)}")
            async with at_work("grants", here, Shelf(facts)) as running:
                found = await per_second(len(facts), _hear(running))
                assert await count(running.kept, "heard") == len(facts)
                if not rows:
                    rows.extend(await _raw_rows(running.kept))
                return found

        await ours()

        async def raw() -> float:
            return raw_sqlite.insert_all(folder / f"raw-{next(turns)}.db", rows, BATCH)

        found, yardstick = await in_turn(scale.rounds, ours, raw)
    what = "SQLite consumer into heard and facets, over raw executemany of the heard rows, without an index"
    return [Figure("16", what, 0.03, 0.05, over(found, yardstick), seen=rates(ours=found, raw=yardstick))]


async def _raw_rows(kept: Kept) -> list[tuple[object, ...]]:
    """The inbox as SQLite holds it."""
    read = "SELECT * FROM heard"
    return await kept.database.read(lambda conn: [tuple(row) for row in conn.exec_driver_sql(read)])


async def postgres(scale: Scale) -> list[Figure]:
    """Rows 8 and 9: over the server alone, which upserts the same rows from a table of its own, batch by batch."""
    many = scale.of(40_000, least=4000)
    halves = [list(told(many // 2, half)) for half in range(2)]
    facts = [fact for half in halves for fact in half]
    async with parts.postgres() as store, at_work("grants", store.settings, Shelf([])) as empty:

        async def one() -> float:
            store.empty(empty.kept)
            async with at_work("grants", store.settings, Shelf(facts)) as running:
                found = await per_second(many, _hear(running))
                assert await count(running.kept, "heard") == many
            return found

        async def two() -> float:
            store.empty(empty.kept)
            found = await asyncio.to_thread(_in_two_processes, store.settings, many)
            assert await count(empty.kept, "heard") == many
            return found

        await one()
        store.do("grants", *_STAGE)

        async def server() -> float:
            store.empty(empty.kept)
            begun = perf_counter()
            store.do("grants", _UPSERT)
            found = many / (perf_counter() - begun)
            assert await count(empty.kept, "heard") == many
            return found

        alone, single, double = await in_turn(scale.rounds, server, one, two)
    what = "PostgreSQL consumer into heard and facets, over a server-side upsert of the same rows:"
    return [
        Figure("8", f"{what} 1 partition", 0.20, 0.33, over(single, alone), seen=rates(ours=single, server=alone)),
        Figure("9", f"{what} 2 partitions", 0.30, 0.50, over(double, alone), seen=rates(ours=double)),
    ]


_STAGE = (
    # Each inbox row with its number and what its stream's facet came to.
    "CREATE TABLE staged AS SELECT row_number() OVER (ORDER BY h.heard_at, h.subject) AS n, h.*, f.data AS facet "
    "FROM heard h JOIN facet f USING (source, subject)",
    "CREATE INDEX ON staged (n)",
)
_COLUMNS = (
    "source, subject, version, status, event_id, type, effective, recorded, correlation, causation, data, raw, "
    "headers, why, heard_at"
)
_UPSERT = f"""
DO $$ BEGIN
  FOR low IN 1 .. (SELECT max(n) FROM staged) BY {BATCH} LOOP
    INSERT INTO heard ({_COLUMNS}) SELECT {_COLUMNS} FROM staged WHERE n BETWEEN low AND low + {BATCH - 1}
      ON CONFLICT DO NOTHING;
    INSERT INTO facet (subject, source, version, data)
      SELECT DISTINCT ON (subject, source) subject, source, version, facet FROM staged
      WHERE n BETWEEN low AND low + {BATCH - 1} ORDER BY subject, source, version DESC
      ON CONFLICT (subject, source) DO UPDATE SET version = excluded.version, data = excluded.data;
    COMMIT;
  END LOOP;
END $$
"""


def _in_two_processes(settings: Settings, many: int) -> float:
    """Each process hears a partition, as two replicas would."""
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    processes = [spawn.Process(target=_hear_half, args=(settings, many // 2, half, together)) for half in range(2)]
    for process in processes:
        process.start()
    together.wait(120)
    begun = perf_counter()
    together.wait(600)
    took = perf_counter() - begun
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return many / took


def _hear_half(settings: Settings, many: int, half: int, together: Barrier) -> None:
    uvloop.run(_hear_partition(settings, list(told(many, half)), half, together))


async def _hear_partition(settings: Settings, facts: Sequence[Envelope], half: int, together: Barrier) -> None:
    async with at_work("grants", settings, Shelf(facts, half)) as running:
        together.wait(120)
        await _hear(running)
        together.wait(600)


async def falling_back(scale: Scale) -> list[Figure]:
    """The worst write while a batch of 500 cannot be stored as one, since two of its facts collide."""
    worst = []
    for turn in range(scale.rounds):
        facts = list(told(3 * BATCH, turn))
        admitted = [fact for fact in facts if fact.type == "intake.stay.admitted.v1"][:2]
        twin = admitted[1].__class__(**{**vars(admitted[1]), "event_id": admitted[0].event_id})
        facts[facts.index(admitted[1])] = twin
        with TemporaryDirectory() as place:
            async with at_work("screening", in_folder(Path(place)), Shelf(facts)) as running:
                worst.append(await _worst_write(running))
                assert await _parked(running.kept) > 0, "nothing fell back"
    what = "worst write while the consumer falls back on a batch of 500, SQLite"
    return [Figure("-", what, WORST_MS, 100, worst, "ms")]


async def _worst_write(running: Running) -> float:
    """Milliseconds; writes go on, one after the other, until all is heard."""
    hearing = asyncio.create_task(_hear(running))
    worst = 0.0
    while not hearing.done():
        begun = perf_counter()
        await write(running.kept)
        worst = max(worst, perf_counter() - begun)
    await hearing
    return worst * 1000


async def _parked(kept: Kept) -> int:
    query = select(kept.ledger.heard.c.version).where(kept.ledger.heard.c.status == "parked")
    return len(await kept.database.read(lambda conn: conn.execute(query).all()))
