"""One of the 33 is forgotten, in all four services and in a backup from before: nothing of them is left to be opened.

What is looked for is raw: the bytes of every value that was sealed for them, and of every wrapped key of theirs.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from services.hosting.embedded import Embedded
from services.issuing.people import people_in
from services.operating.backing_up import back_up, keys_beside
from services.operating.forgotten import Ledgers
from services.operating.restoring import Asked, restore
from shared import stores
from shared.auth import Role
from shared.bus.portions import quiet
from shared.bus.verify import verify
from shared.erasing.ledger import ErasureLedger
from shared.erasing.reaching import belonging
from shared.runtime import Kept
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import KEYS
from shared.settings import Settings
from shared.storage.tables import all_sealed
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from tests.support.answered import ok
from tests.support.callers import invented
from tests.support.played import STORY, played
from tests.support.sealed_files import OURS

pytestmark = pytest.mark.timeout(1200)
PRIVACY = caller("rachana-privacy", Role.PRIVACY_OFFICER, "data-office")
ORDER = ref("order")


@asynccontextmanager
async def world_of(folder: Path, *, plays: bool = False) -> AsyncIterator[Harness]:
    clock, draw = TickingClock(), CountedIds(f"{folder.name} {plays}")
    clock.advance(days=0 if plays else 400)
    who: dict[str, Any] = {"people": people_in(STORY)} if plays else {"identify": invented}
    whole = Embedded(Settings(data_dir=folder), clock=clock, draw=draw, loops=False, **who)
    async with whole.lifespan():
        yield harness_of(whole.apps.values(), whole, whole.bus, clock, draw)


def sealed_of(connection: Connection, kept: Kept, named: set[str]) -> list[tuple[str, bytes]]:
    subjects = belonging(connection, kept.ledger, named)
    return [
        (column.subject(row), row[name])
        for table, name, column in all_sealed(kept.ledger.stream.metadata)
        for row in connection.execute(select(table).where(table.c[name].is_not(None))).mappings()
        if column.subject(row) in subjects
    ]


def wrapped_of(connection: Connection, service: str, subjects: set[str]) -> set[bytes]:
    mine = select(KEYS.c.wrapped).where(KEYS.c.service == service, KEYS.c.subject.in_(subjects))
    return set(connection.execute(mine).scalars())


async def traces(world: Harness, named: set[str]) -> tuple[set[bytes], set[bytes]]:
    """What is sealed for them in all services, and their wrapped keys."""
    values, keys = set[bytes](), set[bytes]()
    for name, running in world.running.items():
        found = await running.kept.database.read(partial(sealed_of, kept=running.kept, named=named))
        values |= {value for _, value in found}
        store = running.kept.key_store
        assert isinstance(store, WrappedKeyStore)
        keys |= await store.database.read(partial(wrapped_of, service=name, subjects={one for one, _ in found}))
    return values, keys


def standing_in(folder: Path, traces: set[bytes]) -> int:
    files = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return sum(any(trace in file for file in files) for trace in traces)


async def exact(world: Harness) -> bool:
    kept = [running.kept for running in world.running.values()]
    return (await verify(kept, patience=0, deep=True, progress=quiet)).exact


async def someone(world: Harness) -> tuple[str, str, set[str]]:
    """Of the 33 the one of whom most is told: a worker of their team, their person, and whose keys are theirs."""
    best: tuple[int, str, str, set[str]] = (0, "", "", set())
    for case in await world.rows("intake", "case_file"):
        [person] = [row for row in await world.rows("intake", "person") if row["ref"] == case["person_ref"]]
        lines = {case["line_ref"], person["line_ref"]} - {None}
        named = {f"case/{case['ref']}", f"person/{person['ref']}", *(f"line/{line}" for line in lines)}
        team = [one for one in case["workers"] if one["kind"] == "TEAM"]
        if team and lines and len((await traces(world, named))[0]) > best[0]:
            worker = caller(team[0]["staff_ref"], Role.CASEWORKER, team[0]["organisation_ref"])
            best = len((await traces(world, named))[0]), worker, person["ref"], named
    return best[1:]


async def ordered(world: Harness, worker: str, person: str) -> None:
    """Somebody asks for them, another one decides, and every service carries it out."""
    day = str(world.clock.now.date())
    ok(await world.post("/intake/v1/erasures", worker, {"ref": ORDER, "person_ref": person, "asked_on": day}))
    body = {"outcome": "EXECUTED", "ground": "PERSON_ASKED"}
    ok(await world.post(f"/intake/v1/erasures/{ORDER}/decide", PRIVACY, body, version=1))


async def test_one_of_33_is_forgotten_everywhere_and_no_backup_brings_them_back(tmp_path: Path) -> None:
    old, new, backup = tmp_path / "data", tmp_path / "new", tmp_path / "before.age"
    settings = Settings(data_dir=old)
    async with world_of(old, plays=True) as world:
        await played(world)
    async with world_of(old) as world:
        worker, person, named = await someone(world)
        values, keys = await traces(world, named)
        assert (len(values) > 5, len(keys) > 3) == (True, True)
        assert standing_in(old, keys) == len(keys)
        await back_up(settings, backup, [OURS.to_public()], lambda *_: None)
        before = {name: await world.rows(name, "journal") for name in world.running}
        await ordered(world, worker, person)
        [seen] = [row for row in await world.rows("intake", "erasure") if row["ref"] == ORDER]
        cases = [one for one in named if one.startswith("case/")]
        assert {(one["service"], one["subject"]) for one in seen["confirmed"]} == {
            *((name, case) for name in world.running for case in cases),
            ("intake", f"person/{person}"),
        }
        assert sum(one["keys"] for one in seen["confirmed"]) >= len(keys), (seen["confirmed"], len(keys))
        assert await traces(world, named) == (set(), set())
        assert (standing_in(old, values), standing_in(old, keys)) == (0, 0)
        assert await exact(world)
        for name, rows in before.items():
            assert (await world.rows(name, "journal"))[: len(rows)] == rows
    ledger = stores.erasures_of(settings)
    assert {line.service for line in ErasureLedger(ledger).lines()} == set(world.running)
    master = old / "master.key"
    asked = Asked(backup, [OURS], keys_beside(backup), (master,), ledgers=Ledgers(ledger))
    await restore(Settings(data_dir=new), asked, lambda *_: None)
    assert (standing_in(new, values), standing_in(new, keys)) == (0, 0)
    async with world_of(new) as world:
        await world.settle()
        assert await traces(world, named) == (set(), set())
        assert await exact(world)
        subjects = sorted(named)
        again = await world.running["intake"].kept.key_store.obtain("intake", subjects, create=True)
        assert again == dict.fromkeys(subjects, b"")
