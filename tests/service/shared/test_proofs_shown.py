"""Proofs of a key that were shown: every replica of a service knows of each, and forgets it when its time is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, select

from services.grants.base import LEDGER
from shared import stores
from shared.settings import Settings
from shared.storage.proofs import Proofs

NOW = datetime(2026, 11, 4, 1, tzinfo=UTC)
KEPT = timedelta(minutes=5)
TABLE: Table = LEDGER.proof


def rows(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(TABLE)).scalar_one()


@pytest.fixture(params=["files", "postgres"])
async def replicas(
    request: pytest.FixtureRequest, tmp_path: Path, stack: AsyncExitStack
) -> AsyncIterator[tuple[Proofs, Proofs]]:
    """Two processes of one service over the same store."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = Settings.model_validate({"data_dir": tmp_path, "database_url": url, "database_pool": 2})
    await asyncio.to_thread(stores.migrate, settings, ("grants",))
    both = stores.database_for(settings, "grants"), stores.database_for(settings, "grants")
    for database in both:
        stack.push_async_callback(database.close)
    yield Proofs(both[0], TABLE), Proofs(both[1], TABLE)


async def test_of_many_who_show_one_proof_anywhere_one_is_first(replicas: tuple[Proofs, Proofs]) -> None:
    asked = (replica.first("a" * 64, NOW, NOW + KEPT) for _ in range(10) for replica in replicas)
    assert sorted(await asyncio.gather(*asked)) == [False] * 19 + [True]
    assert [await replica.first("b" * 64, NOW, NOW + KEPT) for replica in replicas] == [True, False]


async def test_what_nobody_would_take_any_more_is_forgotten(replicas: tuple[Proofs, Proofs]) -> None:
    one, other = replicas
    for number in range(5):
        assert await one.first(f"{number}", NOW, NOW + KEPT)
    assert not await other.first("0", NOW + KEPT, NOW + 2 * KEPT)
    assert await other.first("new", NOW + KEPT + timedelta(seconds=1), NOW + 2 * KEPT)
    assert await other.database.read(rows) == 1
