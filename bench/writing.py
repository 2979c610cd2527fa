"""Writes: 64 at once over the store, and over HTTP, against the same statements without us."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import parts, pgbench, raw_sqlite, served
from bench.measure import Figure, Scale, Side, in_turn, over, per_second, rates
from bench.worlds import WRITERS, Nowhere, at_work, count, in_folder, write_many
from deploy.local.ports import free_port


async def sqlite(scale: Scale) -> list[Figure]:
    """Row 15: group commit, one thread, each unit in its savepoint, over raw `sqlite3` with one commit each."""
    many = scale.of(2000)
    with TemporaryDirectory() as place:
        folder = Path(place)
        async with at_work("screening", in_folder(folder / "empty"), Nowhere()):
            pass
        async with at_work("screening", in_folder(folder / "recorded"), Nowhere()) as running:
            with raw_sqlite.recorded() as units:
                await write_many(running.kept, many)
        turns = iter(range(1000))
        spent: list[float] = []
        raw_spent: list[float] = []

        async def ours() -> float:
            async with at_work("screening", in_folder(folder / f"ours-{next(turns)}"), Nowhere()) as running:
                found = await per_second(many, write_many(running.kept, many), spent)
                assert await count(running.kept, "journal") == await count(running.kept, "audit") == many
                return found

        async def raw() -> float:
            path = folder / f"raw-{next(turns)}.db"
            shutil.copy(folder / "empty" / "screening.db", path)
            return await per_second(many, asyncio.to_thread(raw_sqlite.replay, path, units), raw_spent)

        found, yardstick = await in_turn(scale.rounds, ours, raw)
    return [
        Figure(
            "15",
            "SQLite write, 64 at once, FULL, over raw sqlite3 with the same statements and one commit each",
            0.5,
            0.8,
            over(found, yardstick),
            seen=f"{rates(ours=found, raw=yardstick)}; CPU {min(spent):.0f} over {min(raw_spent):.0f} us",
        )
    ]


async def postgres(scale: Scale) -> list[Figure]:
    """Rows 3 and 4, and the same write without HTTP: each over pgbench with the statements of the write itself."""
    many = scale.of(1920, least=640) // WRITERS * WRITERS
    async with parts.postgres() as store, at_work("screening", store.settings, Nowhere()) as running:
        script = await store.script(store.server.folder.parent / "write.sql")

        def counted(side: Side) -> Side:
            async def one_pass() -> float:
                store.empty(running.kept)
                found = await side()
                assert await count(running.kept, "journal") == await count(running.kept, "audit") == many
                return found

            return one_pass

        async def yardstick() -> float:
            return await asyncio.to_thread(pgbench.run, store.url("screening"), script, WRITERS, many // WRITERS)

        async def within() -> float:
            return await per_second(many, write_many(running.kept, many))

        def over_http(workers: int) -> Side:
            async def one_pass() -> float:
                port, ready = free_port(), served.requests(store.settings, many)
                async with served.serving(store.settings, port, workers):
                    await served.send(port, served.requests(store.settings, WRITERS), WRITERS)
                    store.empty(running.kept)
                    return await per_second(many, served.send(port, ready, WRITERS))

            return one_pass

        sides = [counted(side) for side in (yardstick, within, over_http(1), over_http(2))]
        raw, inside, one, two = await in_turn(scale.rounds, *sides)
    what = "PostgreSQL write, 64 at once, over pgbench with the same statements:"
    return [
        Figure("1", f"{what} in process", 0.3, 0.46, over(inside, raw), seen=rates(ours=inside, pgbench=raw)),
        Figure("3", f"{what} HTTP, 1 worker", 0.20, 0.33, over(one, raw), seen=rates(ours=one)),
        Figure("4", f"{what} HTTP, 2 workers", 0.35, 0.55, over(two, raw), seen=rates(ours=two)),
    ]
