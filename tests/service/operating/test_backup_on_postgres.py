"""The same backups where the stores are PostgreSQL databases: snapshots of one moment, by the server's own programs."""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from deploy.local import postgres
from services import SERVICES
from shared import stores
from shared.settings import Settings
from shared.storage.snapshots import cut
from tests.support.operated import Operated, lived_in, operated
from tests.support.sealed_files import OURS, identity, secret

VERIFY = ("bus", "verify", "--deep", "--patience", "0")
PATH = f"{postgres.PROGRAMS}{os.pathsep}{os.environ['PATH']}"


def given(url: str, path: str = PATH) -> dict[str, str]:
    """Settings, and where PostgreSQL's programs are."""
    return {"HOMEWARD_DATABASE_URL": url, "HOMEWARD_DATABASE_POOL": "2", "PATH": path}


@pytest.fixture
def empty_urls(postgres_server: str) -> Iterator[list[str]]:
    """Two sets of databases that nothing was put into."""
    prefixes = [f"test_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    yield [postgres.make_databases(postgres_server, prefix) for prefix in prefixes]
    for prefix in prefixes:
        postgres.drop_databases(postgres_server, prefix)


def rows(url: str) -> dict[str, Any]:
    settings = Settings(database_url=SecretStr(url))
    return {name: asyncio.run(stores.rows_of(settings, name)) for name in (*SERVICES, "keys")}


def without_begun(found: dict[str, int]) -> dict[str, int]:
    """Without the tables in which a generation is written."""
    return {table: many for table, many in found.items() if table not in {"generation", "peer", "audit"}}


def _opening(folder: Path) -> tuple[str, str]:
    return "--identity", str(identity(folder, OURS))


def restored_rows(url: str) -> dict[str, Any]:
    return {name: without_begun(found) for name, found in rows(url).items()}


def one_alone(desk: Operated, words: tuple[str, ...], url: str, full: str) -> None:
    """One database alone is lost, and put back beside the others."""
    asyncio.run(stores.emptied(Settings(database_url=SecretStr(url)), "intake"))
    one = (*words, "--service", "intake", "--json")
    assert "is not empty" in desk.homeward(*one, **given(full)).err
    again = desk.homeward(*one, **given(url))
    assert again.status == 0, again.err
    assert {name: found.split(".")[0] for name, found in again.answer["generations"].items()} == {"intake": "2"}
    assert desk.homeward(*VERIFY, **given(url)).out.endswith("Exact.\n")


def test_databases_are_backed_up_proven_and_restored(tmp_path: Path, postgres_url: str, empty_urls: list[str]) -> None:
    desk, file, new = operated(tmp_path / "data"), tmp_path / "one.age", operated(tmp_path / "new")
    assert desk.homeward("migrate", **given(postgres_url)).status == 0
    lived_in(desk.folder, database_url=SecretStr(postgres_url), database_pool=2)
    before = rows(postgres_url)
    empty: dict[str, Any] = {name: {} for name in before}
    assert before["intake"]["journal"] == 3
    take = ("backup", str(file), "--recipient", str(OURS.to_public()))

    for url, path, said in (
        (postgres_url, "/nowhere", "pg_dump is not here"),
        ("postgresql://nobody@127.0.0.1:1/{service}", PATH, "cannot be reached"),
    ):
        ended = desk.homeward(*take, **given(url, path))
        assert (ended.status, said in ended.err) == (2, True), ended.err
    assert not list(tmp_path.glob("one.age*"))
    taken = desk.homeward(*take, **given(postgres_url))
    assert taken.status == 0, taken.err

    words = ("restore", str(file), *_opening(tmp_path), "--ledger", f"{file}.erasures", "--master-key")
    key, other = str(desk.folder / "master.key"), str(secret(tmp_path, "other.key", bytes(32)))
    for url, with_key, said in (
        (postgres_url, key, "is not empty"),
        (empty_urls[0], other, "is not the master key of this backup"),
    ):
        ended = new.homeward(*words, with_key, **given(url))
        assert (ended.status, said in ended.err) == (2, True), ended.err
    assert [rows(url) for url in (postgres_url, empty_urls[0])] == [before, empty]
    as_files = new.homeward(*words, key, "--check")
    assert (as_files.status, "is of postgresql" in as_files.err) == (2, True)

    checked = new.homeward(*words, key, "--check", "--json", **given(empty_urls[1]))
    assert checked.status == 0, checked.err
    assert (checked.answer["sound"], checked.answer["opened"], checked.answer["told"]) == (True, 3, 3)
    restored = new.homeward(*words, key, "--ledger", f"{file}.erasures", **given(empty_urls[0]))
    assert restored.status == 0, restored.err
    assert restored_rows(empty_urls[0]) == {name: without_begun(found) for name, found in before.items()}
    assert new.homeward(*VERIFY, **given(empty_urls[0])).out.endswith("Exact.\n")

    one_alone(new, words[:4], empty_urls[0], postgres_url)


async def test_no_fact_is_stored_between_two_snapshots(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("intake", "grants")
    for name in names:
        connection = await asyncpg.connect(postgres_url.format(service=name))
        await connection.execute("CREATE TABLE journal (id int); CREATE TABLE pending (id int)")
        await connection.close()
    snapshots = [stores.snapshot_of(Settings(database_url=SecretStr(postgres_url)), name) for name in names]
    seen: list[str] = []

    async def open_and_try(real: Callable[[], Awaitable[None]]) -> None:
        await real()
        for name in names:
            other = await asyncpg.connect(postgres_url.format(service=name))
            try:
                await other.execute("SET lock_timeout = '50ms'; INSERT INTO journal VALUES (1)")
                seen.append("stored")
            except asyncpg.LockNotAvailableError:
                seen.append("waits")
            await other.close()

    for snapshot in snapshots:
        monkeypatch.setattr(snapshot, "open", partial(open_and_try, snapshot.open))
    await cut(snapshots)
    assert seen == ["waits"] * 4
    writer = await asyncpg.connect(postgres_url.format(service="intake"))
    await writer.execute("INSERT INTO journal VALUES (1)")
    await writer.close()
    assert [await snapshot.rows() for snapshot in snapshots] == [{"journal": 0, "pending": 0}] * 2
    for snapshot in snapshots:
        await snapshot.close()
