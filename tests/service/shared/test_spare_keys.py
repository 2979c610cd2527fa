"""Keys of refused writes are taken away, keys that seal something never, whatever goes on meanwhile; on both stores."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

import shared.writing.work
from shared import sealing, stores
from shared.auth import Role
from shared.bus.embedded import EmbeddedBus
from shared.running import Running
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.probation import PROBATION
from shared.service import Runtime
from shared.settings import Settings
from shared.storage.postgres import PostgresDatabase
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from tests.support.callers import invented
from tests.support.keyring import grow_older

OFFICER, STRANGER = caller("sok", Role.INTAKE_OFFICER), caller("dara", Role.ANALYST)
PERSONS = "/intake/v1/persons"
PERSON = {"sex": "FEMALE", "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]}}


@dataclass
class Desk:
    """Intake over a key store that can be looked into."""

    world: Harness
    keys: WrappedKeyStore

    @property
    def running(self) -> Running:
        return self.world.running["intake"]

    async def register(self, name: str, who: str = OFFICER) -> int:
        return (await self.world.post(PERSONS, who, {**PERSON, "ref": ref(name)})).status_code

    async def reads(self, name: str) -> bool:
        """Whether the person's name can still be opened."""
        answer = await self.world.get(f"{PERSONS}/{ref(name)}", OFFICER)
        return bool(answer.json()["identity"]["names"][0]["full_name"] == "Sok Dara")

    async def subjects(self, table: str) -> list[str]:
        query = text(f"SELECT subject FROM {table} ORDER BY subject")
        return await self.keys.database.read(lambda conn: list(conn.execute(query).scalars()))

    async def grow_older(self, seconds: float = PROBATION + 1) -> None:
        """Look once, which begins the count, and let that much time pass for whoever counts."""
        await self.settle()
        grow_older(self.keys, seconds)

    async def set_clock(self, by: int) -> None:
        """As if the store's clock had been that much ahead when probations began."""

        def moved(conn: Connection) -> None:
            conn.execute(text("UPDATE trial SET since = since + :by"), {"by": by})

        await self.keys.database.write(moved)

    async def settle(self) -> int:
        return await self.running.spare_keys.step()


@pytest.fixture(params=["sqlite", "postgresql"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path, stack: AsyncExitStack) -> AsyncIterator[Desk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    settings = Settings.model_validate({"data_dir": tmp_path, "database_url": url, "database_pool": 2})
    await asyncio.to_thread(stores.migrate, settings, ("intake",))
    bus, keys, clock, draw = (
        EmbeddedBus(tmp_path / "bus.db"),
        stores.key_store_for(settings),
        TickingClock(),
        CountedIds(),
    )
    stack.push_async_callback(keys.close)
    await bus.start()
    stack.push_async_callback(bus.stop)
    app = import_module("services.intake.app").create_app(
        Runtime(settings, bus, keys, clock, draw, loops=False, identify=invented)
    )
    stack.push_async_callback(app.state.running.stop)
    yield Desk(harness_of([app], app, bus, clock, draw), keys)


def subject(name: str) -> str:
    return f"person/{ref(name)}"


async def test_the_key_of_a_refused_write_goes_and_the_key_of_a_stored_one_stays(desk: Desk) -> None:
    assert await desk.register("stored") == 201
    assert await desk.register("refused", STRANGER) == 404
    assert await desk.subjects("data_key") == sorted([subject("stored"), subject("refused")])
    await desk.grow_older()
    assert await desk.settle() == 2
    assert await desk.subjects("data_key") == [subject("stored")]
    assert await desk.subjects("trial") == []
    assert await desk.reads("stored")


async def test_nothing_is_settled_before_its_time(desk: Desk) -> None:
    await desk.register("refused", STRANGER)
    await desk.grow_older(PROBATION - 5)
    assert await desk.settle() == 0
    assert await desk.subjects("data_key") == [subject("refused")]


@pytest.mark.parametrize("by", [-600, 600])
async def test_a_clock_that_jumps_ends_no_probation_early_or_late(desk: Desk, by: int) -> None:
    await desk.register("refused", STRANGER)
    await desk.set_clock(by)
    assert await desk.settle() == 0
    await desk.grow_older()
    assert await desk.settle() == 1


async def test_a_probation_that_begins_anew_on_a_clock_set_back_is_another(desk: Desk) -> None:
    await desk.register("sok", STRANGER)
    await desk.set_clock(600)
    await desk.grow_older()
    await desk.keys.obtain("intake", [subject("sok")], create=True)
    assert await desk.settle() == 0


async def test_within_a_minute(desk: Desk) -> None:
    every = import_module("shared.writing.spare_keys").EVERY
    assert PROBATION + 2 * every < 60
    assert PROBATION >= 2 * sealing.FRESH


async def test_a_write_that_uses_the_same_subject_begins_the_probation_anew(desk: Desk) -> None:
    await desk.register("sok", STRANGER)
    await desk.grow_older()
    keys = await desk.keys.obtain("intake", [subject("sok")], create=True)
    assert await desk.settle() == 0
    assert keys == await desk.keys.obtain("intake", [subject("sok")], create=False)


async def test_a_reaction_that_may_seal_begins_the_probation_anew_and_makes_no_key(desk: Desk) -> None:
    await desk.register("sok", STRANGER)
    await desk.grow_older()
    wanted = [subject("sok"), subject("nobody")]
    assert list(await desk.keys.obtain("intake", wanted, create=False, renew=True)) == [subject("sok")]
    assert await desk.settle() == 0


async def test_a_reader_changes_no_probation(desk: Desk) -> None:
    await desk.register("sok", STRANGER)
    await desk.grow_older()
    await desk.keys.obtain("intake", [subject("sok")], create=False)
    assert await desk.settle() == 1


async def test_a_key_obtained_between_the_look_and_the_end_stays(desk: Desk) -> None:
    """A write comes just when nothing was found: its touch is newer than what is being ended."""
    await desk.register("sok", STRANGER)
    await desk.grow_older()
    look = desk.running.spare_keys._sealing

    async def late(subjects: list[str]) -> Any:
        found = await look(subjects)
        assert await desk.register("sok") == 201
        return found

    await desk.keys.settle("intake", late)
    assert await desk.subjects("data_key") == [subject("sok")]
    assert await desk.reads("sok")


async def test_a_write_whose_key_was_taken_away_meanwhile_takes_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still for a minute between obtaining its key and using it."""
    obtain, times = desk.keys.obtain, 0

    async def slow(*given: Any, **how: Any) -> Any:
        nonlocal times
        found = await obtain(*given, **how)
        if how["create"] and not times:
            times += 1
            await desk.grow_older()
            assert await desk.settle() == 1
            ticked = sealing.ticked
            monkeypatch.setattr(sealing, "ticked", lambda: ticked() + 60)
            monkeypatch.setattr(shared.writing.work, "ticked", lambda: ticked() + 60)
        return found

    monkeypatch.setattr(desk.keys, "obtain", slow)
    assert await desk.register("sok") == 201
    assert await desk.subjects("data_key") == [subject("sok")]
    assert await desk.reads("sok")


async def test_an_open_transaction_puts_it_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL a transaction that began long ago may still store a row; on SQLite none stands beside us."""
    module, database = import_module("shared.writing.spare_keys"), desk.running.kept.database
    monkeypatch.setattr(module, "OPEN", text(module.OPEN.text.replace("10 seconds", "0 seconds")))
    await desk.register("refused", STRANGER)
    await desk.grow_older()
    if isinstance(database, PostgresDatabase):
        async with database._engine.begin() as other:
            await other.execute(text("SELECT 1"))
            assert await desk.settle() == 0
    assert await desk.settle() == 1


async def test_whatever_happens_at_once_every_stored_name_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes, refused writes and settling of the same few subjects, while time flies, for everybody alike."""
    passed, ticked = 0.0, sealing.ticked
    for module in (sealing, shared.writing.work):
        monkeypatch.setattr(module, "ticked", lambda: ticked() + passed)
    module = import_module("shared.writing.spare_keys")
    monkeypatch.setattr(module, "OPEN", text(module.OPEN.text.replace("10 seconds", "0 seconds")))
    names = [f"person-{number}" for number in range(6)]

    async def writes(name: str) -> None:
        for _ in range(50):
            if 503 not in await asyncio.gather(desk.register(name, STRANGER), desk.register(name)):
                return

    async def settles() -> None:
        nonlocal passed
        for _ in range(20):
            passed += PROBATION + 1
            await desk.grow_older()
            await desk.settle()
            await asyncio.sleep(0.01)

    await asyncio.gather(settles(), *map(writes, names))
    await desk.grow_older()
    await desk.settle()
    assert await desk.subjects("data_key") == sorted(map(subject, names))
    for name in names:
        assert await desk.reads(name)
