"""Lists: the last page of a long one costs what the first one costs."""

import statistics
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Connection, text, true

from bench import parts
from bench.filling import fill
from bench.measure import Figure, Scale, in_turn, over
from bench.worlds import CALLER, Nowhere, at_work, count, in_folder
from services.screening.interviews import queries
from services.screening.interviews.tables import InterviewRow
from shared.reading import PageAsked, Reader
from shared.runtime import Kept
from shared.sealing import Keys

PAGES = 200
ON_A_PAGE = 50
ALL = queries.Filters()
MANY = 1_000_000


async def sqlite(scale: Scale) -> list[Figure]:
    """Row 17 on SQLite."""
    with TemporaryDirectory() as place:
        async with at_work("screening", in_folder(Path(place)), Nowhere()) as running:
            return await _pages(scale, running.kept, "SQLite")


async def postgres(scale: Scale) -> list[Figure]:
    """Row 17 on PostgreSQL."""
    async with parts.postgres() as store, at_work("screening", store.settings, Nowhere()) as running:
        return await _pages(scale, running.kept, "PostgreSQL")


async def _pages(scale: Scale, kept: Kept, where: str) -> list[Figure]:
    """The reading alone, without its audit entry: that would hide a slow page behind a commit."""
    many = scale.of(MANY, least=20_000)
    await fill(kept, many)
    assert await count(kept, "interview") == many
    await kept.database.write(lambda conn: conn.execute(text("ANALYZE")))
    ends = (PageAsked(), PageAsked(cursor=await _last_cursor(kept, many)))
    first, last = await in_turn(scale.rounds, *(partial(_median_ms, kept, asked) for asked in ends))
    seen = f"first {statistics.median(first):.2f} ms, last {statistics.median(last):.2f} ms"
    return [
        Figure(
            "17", f"last page over first page of {many:,} rows, p50, {where}", 1.5, 1.3, over(last, first), seen=seen
        )
    ]


async def _last_cursor(kept: Kept, many: int) -> str:
    """The cursor that leads to the last page, found by leafing through in large steps."""
    cursor, left = None, many - ON_A_PAGE
    while left:
        asked = PageAsked(min(left, 20_000), cursor)
        cursor = await kept.database.read(partial(_next_cursor, kept, asked))
        left -= asked.limit
    assert cursor is not None
    return str(cursor)


def _next_cursor(kept: Kept, asked: PageAsked, conn: Connection) -> str | None:
    return _reader(kept, conn).page(InterviewRow, asked, true())[1]


async def _median_ms(kept: Kept, asked: PageAsked) -> float:
    took = []
    for _ in range(PAGES):
        begun = perf_counter()
        page = await kept.database.read(
            lambda conn: queries.listing(_reader(kept, conn), CALLER, page=asked, asked=ALL)
        )
        took.append((perf_counter() - begun) * 1000)
        assert len(page.items) == ON_A_PAGE and (page.next_cursor is None) == (asked.cursor is not None)
    return statistics.median(took)


def _reader(kept: Kept, conn: Connection) -> Reader:
    return Reader(conn, kept, Keys(kept.name, {}), CALLER, kept.clock())
