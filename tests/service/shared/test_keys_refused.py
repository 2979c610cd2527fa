"""Nothing starts over keys that are missing or not its own, or over a store that was lost: it says what it wants."""

from pathlib import Path

import pytest

from services import SERVICES
from shared import stores
from shared.bus.portions import quiet
from shared.sealing.keyfile import PAGE, WrongKeys
from shared.storage.presence import StoreMissing, presence
from shared.writing.replacing import Sealed, replace_keys
from tests.support.keyring import World, world_in

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = world_in(tmp_path / "data", url)
    await made.live("dara")
    return made


async def test_whatever_is_missing_is_named_and_once_it_is_back_all_goes_on(world: World) -> None:
    key = world.key_file.read_bytes()
    damages = [
        (world.moved(world.key_file), "master.key is missing beside"),
        (world.other_key_file(bytes(32)), "master.key is another key: the one wanted has the id"),
        (world.other_key_file(key[:-1]), "does not hold a key"),
        (world.other_key_file(key, mode=0o640), "chmod 600"),
        (world.without("keys"), "is missing or new beside"),
        (world.without("grants"), "The store of grants is missing or empty beside others"),
        (world.without("intake"), "The store of intake is missing or empty beside others"),
    ]
    for damage, said in damages:
        there = world.key_file.exists()
        with damage:
            refusal = await world.refusal()
            if said == damages[0][1]:
                assert not world.key_file.exists(), "a second key was made"
        assert said in refusal
        assert PAGE in refusal
        assert there
    assert await world.refusal() == ""
    assert (ROOT / PAGE).exists()


async def test_keys_of_other_stores_are_not_taken_for_ours(world: World) -> None:
    noted = world.sql("intake", "SELECT value FROM counter WHERE name = 'key_check'")
    world.sql("intake", "UPDATE counter SET value = value + 1 WHERE name = 'key_check'")
    assert "not the one that the store of intake was sealed with" in await world.refusal()
    world.sql("intake", f"UPDATE counter SET value = {noted[0]} WHERE name = 'key_check'")
    assert await world.refusal() == ""


async def test_stores_from_before_go_on_with_the_same_secrets_and_are_noted(world: World) -> None:
    before = {name: presence(stores.url_for(world.settings, name)).key_check for name in SERVICES}
    world.from_before()
    assert await world.refusal() == ""
    assert {name: presence(stores.url_for(world.settings, name)).key_check for name in SERVICES} == before


async def test_stores_from_before_do_not_start_with_another_key_or_without_their_keys(world: World) -> None:
    world.from_before()
    with world.other_key_file(bytes(32)):
        assert "does not open the keys that are there" in await world.refusal()
    with world.moved(world.key_file):
        assert "missing beside stores that were in use" in await world.refusal()
        assert not world.key_file.exists()
    with world.without("keys"):
        assert "no key that opens what the store of intake has sealed" in await world.refusal()
    with world.without("intake"):
        assert "no key" not in await world.refusal()
    assert await world.refusal() == ""


async def test_a_lost_store_begins_anew_only_when_asked(world: World) -> None:
    with world.without("grants"):
        with pytest.raises(StoreMissing, match="migrate --new-store grants"):
            stores.migrate(world.settings, SERVICES, ["screening"])
        stores.migrate(world.settings, SERVICES, ["grants"])
        assert await world.refusal() == ""


async def test_an_older_copy_of_the_keys_is_told_and_a_newer_one_opens_older_stores(world: World) -> None:
    await world.live("bora", settled=True)
    old_keys, old_store = world.copied("keys"), world.copied("intake")
    await world.live("chan", settled=True)
    keys, store = world.copied("keys"), world.copied("intake")

    world.put_back("keys", old_keys)
    assert "is older than the store of intake: it lacks 1 keys made after 20" in await world.refusal(
        "bora", migrated=False
    )
    with pytest.raises(WrongKeys, match="keys file of the last backup"):
        stores.look_at_keys(world.settings, SERVICES)
    world.put_back("intake", old_store)
    assert await world.refusal("bora", migrated=False) == ""
    world.put_back("keys", keys)
    assert await world.refusal("bora", migrated=False) == ""
    world.put_back("intake", store)
    assert await world.refusal("chan", migrated=False) == ""

    world.put_back("keys", old_keys)
    stores.migrate(world.settings, SERVICES, forgone=["intake"])
    assert await world.refusal("bora", migrated=False) == ""


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_an_older_copy_is_told_also_where_the_last_keys_are_not_proven_yet(world: World) -> None:
    old_keys = world.copied("keys")
    await world.live("bora")
    keys = world.copied("keys")
    world.put_back("keys", old_keys)
    assert "1 of what was stored there last have no key" in await world.refusal("dara", migrated=False)
    world.put_back("keys", keys)
    assert await world.refusal("bora", migrated=False) == ""


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_a_store_from_before_its_keys_were_replaced_wants_the_keys_of_its_own_day(world: World) -> None:
    old_keys, old_store = world.copied("keys"), world.copied("intake")
    product, _ = world.product()
    async with product.lifespan():
        kept = product.running["intake"].kept
        mine = Sealed("intake", kept.database, kept.ledger.stream.metadata, product.key_store, kept.clock)
        await replace_keys(mine, quiet, alone=True)
    keys, store = world.copied("keys"), world.copied("intake")
    assert await world.refusal("dara", migrated=False) == ""

    world.put_back("intake", old_store)
    assert "those that it was sealed with were replaced" in await world.refusal("dara", migrated=False)
    world.put_back("keys", old_keys)
    assert await world.refusal("dara", migrated=False) == ""
    world.put_back("intake", store)
    assert "is older than the store of intake" in await world.refusal("dara", migrated=False)
    world.put_back("keys", keys)
    assert await world.refusal("dara", migrated=False) == ""
