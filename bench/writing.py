"""Writes: 64 at once over the store, and over HTTP, against the same statements without us."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import raw_sqlite
from bench.measure import Figure, Scale, in_turn, over, per_second, rates
from bench.worlds import Nowhere, at_work, count, in_folder, write_many


async def sqlite(scale: Scale) -> list[Figure]:
    """Row 15: group commit, one thread, each unit in its savepoint, over raw `sqlite3` with one commit each."""
    many = scale.of(4000)
    with TemporaryDirectory() as place:
        folder = Path(place)
        async with at_work("screening", in_folder(folder / "empty"), Nowhere()):
            pass
        async with at_work("screening", in_folder(folder / "recorded"), Nowhere()) as running:
            with raw_sqlite.recorded() as units:
                await write_many(running.kept, many)
        turns = iter(range(1000))

        async def ours() -> float:
            async with at_work("screening", in_folder(folder / f"ours-{next(turns)}"), Nowhere()) as running:
                found = await per_second(many, write_many(running.kept, many))
                assert await count(running.kept, "journal") == await count(running.kept, "audit") == many
                return found

        async def raw() -> float:
            path = folder / f"raw-{next(turns)}.db"
            shutil.copy(folder / "empty" / "screening.db", path)
            return raw_sqlite.replay(path, units)

        found, yardstick = await in_turn(scale.rounds, ours, raw)
    return [
        Figure(
            "15",
            "SQLite write, 64 at once, FULL, over raw sqlite3 with the same statements and one commit each",
            0.5,
            0.8,
            over(found, yardstick),
            seen=rates(ours=found, raw=yardstick),
        )
    ]
