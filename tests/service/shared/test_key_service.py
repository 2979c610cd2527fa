"""With a key service: nobody is asked twice, nothing opens while it is away, and each service asks for its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services import SERVICES
from shared import stores
from shared.bus.portions import quiet
from shared.errors import Unavailable
from shared.sealing.at_hand import key_file
from shared.sealing.in_force import NAMES
from shared.sealing.keytable import KEYS
from shared.sealing.rotation import rotate
from shared.testing import ref
from tests.support.keyring import NAME, OFFICER, PERSONS, World, person, world_in
from tests.support.keys_at_work import PEOPLE, other_process, reads, refused, writes
from tests.support.vault import StrictVault, secret_file, serving


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return world_in(tmp_path / "data", request.getfixturevalue("postgres_url") if request.param == "postgresql" else "")


@pytest.fixture
async def shared(empty: World) -> World:
    await empty.live(*PEOPLE)
    return empty


@pytest.fixture
def vault() -> Iterator[StrictVault]:
    made = StrictVault()
    for service in SERVICES:
        made.make(f"homeward-{service}", f"s.{service}")
    with serving(made):
        yield made


def with_vault(world: World, vault: StrictVault, folder: Path, **more: object) -> World:
    for service in SERVICES:
        secret_file(folder / f"{service}.token", f"s.{service}")
    given = {
        "key_service_seconds": 30.0,
        "key_service": vault.address,
        "key_service_token_file": folder / "{service}.token",
        **more,
    }
    return World(world.settings.model_copy(update=given))


async def test_a_key_service_wraps_from_the_start_and_work_goes_on_without_asking_it(
    empty: World, vault: StrictVault, tmp_path: Path
) -> None:
    world = with_vault(empty, vault, tmp_path)
    await world.live(*PEOPLE)
    assert not (tmp_path / "data" / "master.key").exists()
    product, hand = world.product()
    async with product.lifespan():
        await reads(hand, PEOPLE[0])
        vault.asked.clear()
        for _ in range(5):
            await reads(hand, PEOPLE[0])
        assert vault.asked == []


async def test_while_the_key_service_is_away_nothing_opens_that_nobody_had_opened(
    empty: World, vault: StrictVault, tmp_path: Path
) -> None:
    world = with_vault(empty, vault, tmp_path)
    await world.live(*PEOPLE)
    product, hand = world.product()
    async with product.lifespan():
        await reads(hand, PEOPLE[0])
        vault.fault = (503, b'{"errors":["Vault is sealed"]}')
        shut = await hand.get(f"{PERSONS}/{ref(PEOPLE[1])}", OFFICER)
        made = await hand.post(PERSONS, OFFICER, person("nobody"), key=ref("key nobody"))
        assert (shut.status_code, made.status_code) == (503, 503)
        assert NAME not in shut.text + made.text
        await reads(hand, PEOPLE[0])
        vault.fault = None
        await asyncio.sleep(1.1)
        await reads(hand, PEOPLE[1])
        await writes(hand, "nobody")


async def test_a_service_with_another_services_token_does_not_start(
    empty: World, vault: StrictVault, tmp_path: Path
) -> None:
    world = with_vault(empty, vault, tmp_path)
    await world.live(PEOPLE[0])
    secret_file(tmp_path / "intake.token", "s.grants")
    assert "homeward-intake of http://127.0.0.1" in refused(world.settings, "intake")
    assert "may not be used with the token" in await world.refusal(PEOPLE[0])
    vault.fault = (503, b"")
    with pytest.raises(Unavailable):
        await asyncio.to_thread(stores.key_store_for, world.settings)


async def test_from_a_key_file_to_a_key_service_while_it_runs(
    shared: World, vault: StrictVault, tmp_path: Path
) -> None:
    world = with_vault(shared, vault, tmp_path, master_key_file=key_file(shared.settings))
    product, hand = world.product()
    async with product.lifespan():
        store = await other_process(world, product)
        before = {name: store.secret(name) for name in NAMES}
        for service in SERVICES:
            await rotate(store, quiet, service)
            await writes(hand, f"after-{service}")
            await reads(hand, PEOPLE[0])
        if store is not product.key_store:
            await store.close()
    alone = with_vault(shared, vault, tmp_path)
    shared.key_file.unlink()
    wrapped = [bytes(row) for row in alone.sql("keys", f"SELECT wrapped FROM {KEYS.name}")]  # type: ignore[call-overload]
    assert all(row.startswith(b"vault:v1:") for row in wrapped)
    fresh = await asyncio.to_thread(stores.keys_in_use, alone.settings, SERVICES)
    assert {name: fresh.secret(name) for name in NAMES} == before
    vault.rotate("homeward-intake")
    rotated = await rotate(fresh, quiet, "intake")
    assert (rotated.unopened, rotated.wrapped) == (0, len(PEOPLE) + len(SERVICES) + 3)
    rows = await fresh.database.read(
        lambda conn: conn.execute(select(KEYS.c.wrapped).where(KEYS.c.service == "intake")).scalars().all()
    )
    assert all(row.startswith(b"vault:v2:") for row in rows)
    assert (await rotate(fresh, quiet, "intake")).wrapped == 0
    await fresh.close()
    assert await alone.refusal(PEOPLE[0]) == ""
