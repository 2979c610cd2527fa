"""Another master key under load: nothing stands still, nothing is lost, and whoever is killed goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from services import SERVICES
from services.hosting.embedded import Embedded
from shared import stores
from shared.bus.portions import quiet
from shared.errors import Unavailable
from shared.failpoints import Failed, armed
from shared.sealing import portions, ring, rotation
from shared.sealing.in_force import NAMES
from shared.sealing.keyfile import WrongKeys, key_id, master_key, write_key
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import KEYS, key_bound
from shared.sealing.looking import unopened
from shared.sealing.ring import lay_beside, next_to
from shared.testing import Harness, ref
from tests.support.keyring import NAME, OFFICER, PERSONS, World, person, world_in

MOMENTS = ("keys.announced", "keys.portion:2", "keys.portion:4", "keys.in_force", "keys.old_kept")


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(portions, "PORTION", 3)
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = world_in(tmp_path / "data", url)
    await made.live(*(f"person-{number}" for number in range(8)))
    return made


@pytest.fixture
async def running(world: World) -> AsyncIterator[tuple[Embedded, Harness]]:
    product, hand = world.product()
    async with product.lifespan():
        yield product, hand


async def other_process(world: World, product: Embedded) -> WrappedKeyStore:
    """The keys as another process has them; files have one process."""
    if not stores.on_postgres(world.settings):
        return product.key_store
    return await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)


async def reads(hand: Harness, name: str) -> None:
    answer = await hand.get(f"{PERSONS}/{ref(name)}", OFFICER)
    assert answer.status_code == 200, answer.text
    assert answer.json()["identity"]["names"][0]["full_name"] == NAME


async def writes(hand: Harness, name: str) -> None:
    headers = {"Authorization": OFFICER, "Idempotency-Key": ref(f"key {name}")}
    async with hand.client() as client:
        answer = await client.post(PERSONS, json=person(name), headers=headers)
    assert answer.status_code == 201, answer.text


async def all_open(store: WrappedKeyStore, least: int) -> None:
    """Every key and secret opens under the one master key that is left."""
    there, shut = await unopened(store, quiet)
    assert there["intake"] >= least
    assert there["secrets"] == len(NAMES)
    assert sum(shut.values()) == 0


async def test_under_load(world: World, running: tuple[Embedded, Harness]) -> None:
    product, hand = running
    store = await other_process(world, product)
    old, done = master_key(world.key_file), asyncio.Event()
    before = {name: store.secret(name) for name in NAMES}

    async def lives(who: int) -> int:
        number = 0
        while not done.is_set() or number < 3:
            await writes(hand, f"new-{who}-{number}")
            await reads(hand, f"new-{who}-{number}")
            await reads(hand, f"person-{number % 8}")
            number += 1
        return number

    lay_beside(world.key_file, None)
    lives_on = [asyncio.create_task(lives(who)) for who in range(3)]
    rotated = await rotation.rotate(store, quiet)
    done.set()
    made = sum(await asyncio.gather(*lives_on))
    assert (rotated.was, rotated.now) == (key_id(old), key_id(master_key(world.key_file)))
    assert rotated.was != rotated.now
    assert rotated.wrapped >= 8 + len(NAMES)
    assert not next_to(world.key_file).exists()
    assert world.key_file.with_name(f"master.key.{rotated.was}").read_bytes() == old
    if store is not product.key_store:
        await store.close()
    await world_goes_on(world, made + 8, before)
    with world.other_key_file(old):
        assert f"the one wanted has the id {rotated.now}" in await world.refusal("person-0")


async def world_goes_on(world: World, people: int, before: dict[str, bytes]) -> None:
    """A process that begins now, with the one key file: as if nothing had been."""
    fresh = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    await all_open(fresh, people)
    assert {name: fresh.secret(name) for name in NAMES} == before
    await fresh.close()


@contextmanager
def killed(monkeypatch: pytest.MonkeyPatch, moment: str) -> Iterator[None]:
    with monkeypatch.context() as here:
        met = armed(f"{moment}:raise" if ":" in moment else f"{moment}:1:raise")
        for module in (rotation, ring):
            here.setattr(module, "failpoint", met)
        with pytest.raises(Failed):
            yield


async def wrapped_under(store: WrappedKeyStore, name: str) -> str:
    """The id of the master key that wraps a person's key."""
    subject = f"person/{ref(name)}"
    query = select(KEYS.c.wrapped).where(KEYS.c.service == "intake", KEYS.c.subject == subject)
    wrapped = await store.database.read(lambda connection: connection.execute(query).scalars().one())
    found = store.masters.of("intake").opened([(wrapped, key_bound("intake", subject))])[0]
    assert found is not None
    return found[0]


async def test_killed_anywhere_it_goes_on(
    world: World, running: tuple[Embedded, Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    product, hand = running
    store = await other_process(world, product)
    for number, moment in enumerate(MOMENTS):
        lay_beside(world.key_file, None)
        coming = key_id(master_key(next_to(world.key_file)))
        with killed(monkeypatch, moment):
            await rotation.rotate(store, quiet)
        await writes(hand, f"meanwhile-{number}")
        assert await wrapped_under(store, f"meanwhile-{number}") == coming, "behind the pass nobody wraps it anew"
        await reads(hand, f"meanwhile-{number}")
        await reads(hand, "person-7")
        begun = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
        await all_open(begun, 8)
        await begun.close()
        await rotation.rotate(store, quiet)
        assert not next_to(world.key_file).exists()
        await reads(hand, "person-0")
    await all_open(store, 8 + len(MOMENTS))
    if store is not product.key_store:
        await store.close()


async def test_without_the_next_key_nothing_starts_and_what_runs_is_unavailable_until_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    late = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    lay_beside(world.key_file, None)
    with killed(monkeypatch, "keys.in_force"):
        await rotation.rotate(store, quiet)
    subject = f"person/{ref('person-0')}"
    with world.moved(next_to(world.key_file)):
        assert "is another key" in await world.refusal("person-0")
        for given in ({"create": False}, {"create": True}):
            with pytest.raises(Unavailable):
                await late.obtain("intake", [subject if not given["create"] else "person/new"], **given)
    assert await late.obtain("intake", [subject], create=False)
    assert await late.obtain("intake", ["person/new"], create=True)
    for one in (store, late):
        await one.close()


async def test_another_key_than_the_one_that_is_coming_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    lay_beside(world.key_file, None)
    with killed(monkeypatch, "keys.portion"):
        await rotation.rotate(store, quiet)
    write_key(tmp_path / "third.key", b"3" * 32)
    with pytest.raises(WrongKeys, match="another rotation is not finished"):
        lay_beside(world.key_file, tmp_path / "third.key")
    with world.moved(next_to(world.key_file)):
        lay_beside(world.key_file, tmp_path / "third.key")
        with pytest.raises(WrongKeys, match="must hold the key of id"):
            await rotation.rotate(store, quiet)
        next_to(world.key_file).unlink()
    with pytest.raises(WrongKeys, match="is the master key in use"):
        lay_beside(world.key_file, world.key_file)
    await rotation.rotate(store, quiet)
    await all_open(store, 8)
    await store.close()


async def test_what_opens_under_neither_key_is_told_and_left(world: World) -> None:
    subject = f"person/{ref('person-3')}"
    bad = "X'00'" if not stores.on_postgres(world.settings) else "'\\x00'::bytea"
    world.sql("keys", f"UPDATE data_key SET wrapped = {bad} WHERE subject = '{subject}'")
    store = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    lay_beside(world.key_file, None)
    assert (await rotation.rotate(store, quiet)).unopened == 1
    _, shut = await unopened(store, quiet)
    assert shut["intake"] == 1
    with pytest.raises(Unavailable):
        await store.obtain("intake", [subject], create=False)
    await store.close()
