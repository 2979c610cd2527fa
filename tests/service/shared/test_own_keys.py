"""Each service with a master key of its own: another's opens nothing, and says so before anything is answered."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from services import SERVICES
from services.hosting.embedded import Embedded
from shared import stores
from shared.bus.portions import quiet
from shared.failpoints import Failed, armed
from shared.sealing import portions, ring, rotation
from shared.sealing.at_hand import key_file, masters_for
from shared.sealing.in_force import NAMES, POSITIONS
from shared.sealing.keyfile import WrongKeys, key_id, make_master_key, master_key
from shared.sealing.keytable import IN_FORCE, KEYS, OWN, SECRETS
from shared.sealing.looking import unopened
from shared.sealing.ring import lay_beside, lay_own, next_to
from shared.sealing.rotation import having_own, rotate
from shared.sealing.wrapping import Bound
from shared.testing import Harness
from shared.writing.replacing import Sealed, replace_keys
from tests.support.keyring import World, world_in
from tests.support.keys_at_work import PEOPLE, other_process, reads, refused, secrets_in, writes

MOMENTS = {
    "grants": "keys.announced",
    "intake": "keys.portion:2",
    "referrals": "keys.in_force",
    "screening": "keys.old_kept",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(portions, "PORTION", 3)
    return world_in(tmp_path / "data", request.getfixturevalue("postgres_url") if request.param == "postgresql" else "")


def with_own(world: World, folder: Path) -> World:
    """The same stores, with a key file for each service."""
    return World(world.settings.model_copy(update={"master_key_file": folder / "keys" / "{service}" / "master.key"}))


@pytest.fixture
async def own(empty: World, tmp_path: Path) -> World:
    made = with_own(empty, tmp_path)
    await made.live(*PEOPLE)
    return made


async def test_a_new_installation_has_a_key_for_each(own: World) -> None:
    keys = {name: master_key(key_file(own.settings, name)) for name in SERVICES}
    assert len(set(keys.values())) == len(SERVICES)
    noted = own.sql("keys", f"SELECT current FROM {OWN.name} ORDER BY service")
    assert noted == [key_id(keys[name]) for name in sorted(SERVICES)]
    assert own.sql("keys", f"SELECT current FROM {IN_FORCE.name}") == []
    assert await own.refusal(PEOPLE[0]) == ""


async def test_a_process_of_one_service_holds_its_own_key_alone(own: World) -> None:
    for service in SERVICES:
        others = [key_file(own.settings, name) for name in SERVICES if name != service]
        for path in others:
            path.rename(path.with_suffix(".away"))
        assert set(secrets_in(own.settings, service)) == {service, f"audit/{service}", POSITIONS}
        with pytest.raises(WrongKeys, match="no key of"):
            masters_for(own.settings, (service,)).of(next(name for name in SERVICES if name != service))
        for path in others:
            path.with_suffix(".away").rename(path)


async def test_position_marks_of_one_service_are_read_by_all(own: World) -> None:
    marks = [secrets_in(own.settings, service)[POSITIONS] for service in SERVICES]
    assert len(set(marks)) == 1


async def test_a_service_with_another_services_key_does_not_start_and_opens_no_row(own: World) -> None:
    intake, grants = (key_file(own.settings, name) for name in ("intake", "grants"))
    theirs = ring.Ring(grants)
    rows = own.sql("keys", f"SELECT wrapped FROM {KEYS.name} WHERE service = 'intake' ORDER BY subject")
    subjects = own.sql("keys", f"SELECT subject FROM {KEYS.name} WHERE service = 'intake' ORDER BY subject")
    bound = [(bytes(row), f"intake|{name}") for row, name in zip(rows, subjects, strict=True)]  # type: ignore[call-overload]
    assert len(bound) >= len(PEOPLE)
    assert theirs.opened(bound) == [None] * len(bound)
    assert None not in ring.Ring(intake).opened(bound)
    with own.moved(intake):
        shutil.copy(grants, intake)
        assert (
            f"the one wanted of intake has the id {key_id(master_key(intake.with_name('master.key.taken')))}"
            in refused(own.settings, "intake")
        )
        assert "the one wanted of intake" in await own.refusal(PEOPLE[0])
        intake.unlink()
    assert await own.refusal(PEOPLE[0]) == ""


async def test_two_services_never_begin_with_one_key(empty: World, tmp_path: Path) -> None:
    world = with_own(empty, tmp_path)
    for service in SERVICES:
        path = key_file(world.settings, service)
        path.parent.mkdir(parents=True)
        make_master_key(path)
    shutil.copy(key_file(world.settings, "intake"), key_file(world.settings, "grants"))
    assert "grants and intake have one master key between them" in await world.refusal()


async def test_nothing_is_made_where_own_keys_are_asked_for_beside_a_shared_one(empty: World, tmp_path: Path) -> None:
    await empty.live(PEOPLE[0])
    world = with_own(empty, tmp_path)
    assert "is missing beside stores that were in use" in await world.refusal()
    assert not (tmp_path / "keys").exists()
    assert await empty.refusal(PEOPLE[0]) == ""


async def test_one_services_own_next_key(own: World) -> None:
    store = await asyncio.to_thread(stores.keys_in_use, own.settings, SERVICES)
    before = {name: key_id(master_key(key_file(own.settings, name))) for name in SERVICES}
    with pytest.raises(WrongKeys, match="name one by --service"):
        await rotate(store, quiet)
    lay_beside(key_file(own.settings, "intake"), None)
    rotated = await rotate(store, quiet, "intake")
    await store.close()
    after = {name: key_id(master_key(key_file(own.settings, name))) for name in SERVICES}
    assert {name for name in SERVICES if before[name] != after[name]} == {"intake"}
    assert (rotated.was, rotated.now, rotated.unopened) == (before["intake"], after["intake"], 0)
    assert rotated.wrapped == len(PEOPLE) + 3, "its people, and its three secrets"
    assert await own.refusal(PEOPLE[0]) == ""


async def test_other_keys_of_people_under_a_key_of_its_own(own: World) -> None:
    product, hand = own.product()
    async with product.lifespan():
        kept = product.running["intake"].kept
        sealed = Sealed("intake", kept.database, kept.ledger.stream.metadata, product.key_store, kept.clock)
        replaced = await replace_keys(sealed, quiet, alone=True)
        assert (replaced.keys, replaced.unopened_keys) == (len(PEOPLE), 0)
        await reads(hand, PEOPLE[0])


@pytest.fixture
async def shared(empty: World) -> World:
    await empty.live(*PEOPLE)
    return empty


@pytest.fixture
async def moving(shared: World, tmp_path: Path) -> World:
    """Laid out as the operator does: the shared key in each place, and a next one beside it."""
    made = with_own(shared, tmp_path)
    for service in SERVICES:
        lay_own(key_file(made.settings, service), key_file(shared.settings))
    return made


@pytest.fixture
async def running(moving: World) -> AsyncIterator[tuple[Embedded, Harness]]:
    product, hand = moving.product()
    async with product.lifespan():
        yield product, hand


async def test_from_one_key_to_four_under_load(shared: World, moving: World, running: tuple[Embedded, Harness]) -> None:
    product, hand = running
    store, done = await other_process(moving, product), asyncio.Event()
    old, before = master_key(key_file(shared.settings)), {name: store.secret(name) for name in NAMES}

    async def lives(who: int) -> int:
        number = 0
        while not done.is_set() or number < 3:
            await writes(hand, f"new-{who}-{number}")
            await reads(hand, f"new-{who}-{number}")
            await reads(hand, PEOPLE[number % 8])
            number += 1
        return number

    lives_on = [asyncio.create_task(lives(who)) for who in range(3)]
    for service in SERVICES:
        rotated = await rotate(store, quiet, service)
        assert (rotated.was, rotated.unopened) == (key_id(old), 0)
    done.set()
    made = sum(await asyncio.gather(*lives_on))
    if store is not product.key_store:
        await store.close()
    await parted(moving, len(PEOPLE) + made, before)
    shared.key_file.unlink()
    for service in SERVICES:
        key_file(moving.settings, service).with_name(f"master.key.{key_id(old)}").unlink()
    await reads(hand, PEOPLE[0])
    await (await asyncio.to_thread(stores.keys_in_use, moving.settings, SERVICES)).close()


async def parted(world: World, people: int, secrets: dict[str, bytes]) -> None:
    """Four keys, everything opens, and nothing is left of the one that was shared."""
    ids = {key_id(master_key(key_file(world.settings, name))) for name in SERVICES}
    assert len(ids) == len(SERVICES)
    assert not any(next_to(key_file(world.settings, name)).exists() for name in SERVICES)
    fresh = await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)
    there, shut = await unopened(fresh, quiet)
    assert (there["intake"], sum(shut.values())) == (people, 0)
    assert {name: fresh.secret(name) for name in NAMES} == secrets
    assert set(await having_own(fresh)) == set(SERVICES)
    await fresh.close()
    assert world.sql("keys", f"SELECT current FROM {IN_FORCE.name}") == []
    assert POSITIONS not in world.sql("keys", f"SELECT name FROM {SECRETS.name}")


async def test_a_move_that_was_killed_goes_on(
    moving: World, running: tuple[Embedded, Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    product, hand = running
    store = await other_process(moving, product)
    before = {name: store.secret(name) for name in NAMES}
    for number, (service, moment) in enumerate(MOMENTS.items()):
        with monkeypatch.context() as here:
            met = armed(f"{moment}:raise" if ":" in moment else f"{moment}:1:raise")
            for module in (rotation, ring):
                here.setattr(module, "failpoint", met)
            with pytest.raises(Failed):
                await rotate(store, quiet, service)
        await writes(hand, f"meanwhile-{number}")
        await reads(hand, f"meanwhile-{number}")
        await reads(hand, PEOPLE[number])
        fresh = await asyncio.to_thread(stores.key_store_for, moving.settings)
        assert {name: fresh.secret(name) for name in NAMES} == before
        await fresh.close()
        await rotate(store, quiet, service)
    if store is not product.key_store:
        await store.close()
    await parted(moving, len(PEOPLE) + len(MOMENTS), before)


async def test_a_key_that_was_wrapped_before_a_rotation_began_is_wrapped_anew(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the pass nobody would wrap it anew, and the old master key is gone one day."""
    store = await asyncio.to_thread(stores.keys_in_use, shared.settings, SERVICES)
    lay_beside(shared.key_file, None)
    coming, held = key_id(master_key(next_to(shared.key_file))), store.masters.of("intake")
    wrap, met = held.wrap, list[str]()

    def late(master: str, keys: Sequence[Bound]) -> list[bytes]:
        if not met:
            shared.sql("keys", f"UPDATE {IN_FORCE.name} SET next = '{coming}'")
        met.append(master)
        return wrap(master, keys)

    monkeypatch.setattr(held, "wrap", late)
    await store.obtain("intake", ["person/late"], create=True)
    (row,) = shared.sql("keys", f"SELECT wrapped FROM {KEYS.name} WHERE subject = 'person/late'")
    found = held.opened([(bytes(row), "intake|person/late")])[0]  # type: ignore[call-overload]
    assert found is not None
    assert (found[0], met[-1], len(met)) == (coming, coming, 2)
    await store.close()


async def test_a_file_that_others_need_is_not_rotated_for_one(shared: World) -> None:
    store = await asyncio.to_thread(stores.keys_in_use, shared.settings, SERVICES)
    lay_beside(shared.key_file, None)
    with pytest.raises(WrongKeys, match="of other services too"):
        await rotate(store, quiet, "intake")
    assert await having_own(store) == ()
    await store.close()
