"""Another key for each person under load: every value opens afterwards, with the new key alone; killed, it goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from services import SERVICES
from services.intake.persons.tables import PersonRow
from shared import sealing, stores
from shared.bus.portions import quiet
from shared.failpoints import Failed, armed
from shared.runtime import Kept
from shared.sealing import DoesNotOpen, Keys, successors, ticked
from shared.sealing.keyfile import KEY_BYTES
from shared.sealing.keystore import WrappedKeyStore
from shared.storage.tables import sealed_columns, sealed_place, table_of
from shared.testing import Harness, ref
from shared.writing import replacing
from shared.writing.replacing import Replaced, Sealed, replace_keys
from tests.support.keyring import NAME, OFFICER, PERSONS, person, world_in

MOMENTS = (
    "keys.next_made:2", "keys.next_laid", "keys.portion_anew:2", "keys.all_anew", "keys.demanded", "keys.old_ended:2",
)  # fmt: skip
PEOPLE = tuple(f"person-{number}" for number in range(7))
TABLE, COLUMN = table_of(PersonRow), "identity"


@pytest.fixture(params=["sqlite", "postgresql"])
async def running(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Kept, Harness]]:
    for module in (replacing, successors):
        monkeypatch.setattr(module, "PORTION", 3)
    monkeypatch.setattr(sealing, "FRESH", 0.4)
    monkeypatch.setattr(replacing, "MARGIN", 0.1)
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    world = world_in(tmp_path / "data", url)
    await asyncio.to_thread(stores.migrate, world.settings, SERVICES)
    product, hand = world.product()
    async with product.lifespan():
        for name in PEOPLE:
            await writes(hand, name)
        yield product.running["intake"].kept, hand


def keys_of(kept: Kept) -> WrappedKeyStore:
    assert isinstance(kept.key_store, WrappedKeyStore)
    return kept.key_store


async def replaced(kept: Kept, *, alone: bool = False) -> Replaced:
    mine = Sealed(kept.name, kept.database, kept.ledger.stream.metadata, keys_of(kept), kept.clock)
    return await replace_keys(mine, quiet, alone=alone)


def subject(name: str) -> str:
    return f"person/{ref(name)}"


async def keys(kept: Kept, *names: str) -> Mapping[str, bytes]:
    return await kept.key_store.obtain("intake", map(subject, names), create=False)


async def sealed_values(kept: Kept) -> Mapping[str, bytes]:
    query = select(TABLE.c.ref, TABLE.c[COLUMN])
    return {row[0]: row[1] for row in await kept.database.read(lambda conn: conn.execute(query).all())}


def opens(held: Mapping[str, bytes], sealed: bytes, who: str) -> bool:
    place = sealed_place(TABLE, COLUMN, who)
    try:
        Keys("intake", held).open(sealed_columns(TABLE)[COLUMN].model, sealed, subject=f"person/{who}", place=place)
    except DoesNotOpen:
        return False
    return True


async def reads(hand: Harness, name: str) -> None:
    answer = await hand.get(f"{PERSONS}/{ref(name)}", OFFICER)
    assert answer.status_code == 200, answer.text
    assert answer.json()["identity"]["names"][0]["full_name"] == NAME


async def writes(hand: Harness, name: str) -> None:
    """Until it is stored: keys are fresh for so short a time here that a busy machine may need more than one try."""
    headers = {"Authorization": OFFICER, "Idempotency-Key": ref(f"key {name}")}
    async with hand.client() as client:
        answer = await client.post(PERSONS, json=person(name), headers=headers)
        while answer.status_code == 503:
            answer = await client.post(PERSONS, json=person(name), headers=headers)
    assert answer.status_code == 201, answer.text


async def all_open_with_new_keys_alone(kept: Kept, old: Mapping[str, bytes]) -> int:
    """Every value opens with one key, and those that were there before with no old one; how many there are."""
    values = await sealed_values(kept)
    held = await kept.key_store.obtain("intake", [f"person/{who}" for who in values], create=False)
    assert {len(key) for key in held.values()} == {KEY_BYTES}
    assert all(opens(held, sealed, who) for who, sealed in values.items())
    known = {who: sealed for who, sealed in values.items() if f"person/{who}" in old}
    assert len(known) == len(old)
    assert not any(opens(old, sealed, who) for who, sealed in known.items())
    return len(values)


async def test_under_load(running: tuple[Kept, Harness]) -> None:
    kept, hand = running
    old, done = await keys(kept, *PEOPLE), asyncio.Event()

    async def lives(who: int) -> int:
        number = 0
        while not done.is_set() or number < 2:
            await writes(hand, f"new-{who}-{number}")
            await reads(hand, f"new-{who}-{number}")
            await reads(hand, PEOPLE[number % len(PEOPLE)])
            number += 1
        return number

    lives_on = [asyncio.create_task(lives(who)) for who in range(2)]
    found = await replaced(kept)
    done.set()
    made = sum(await asyncio.gather(*lives_on))
    assert (found.unopened_keys, found.unopened_values) == (0, 0)
    assert min(found.values, found.keys) >= len(PEOPLE)
    assert await all_open_with_new_keys_alone(kept, old) == made + len(PEOPLE)


@contextmanager
def killed(monkeypatch: pytest.MonkeyPatch, moment: str) -> Iterator[None]:
    with monkeypatch.context() as here:
        for module in (replacing, successors):
            here.setattr(module, "failpoint", armed(f"{moment}:raise" if ":" in moment else f"{moment}:1:raise"))
        with pytest.raises(Failed):
            yield


async def test_killed_anywhere_it_goes_on_and_what_does_not_open_keeps_both_keys(
    running: tuple[Kept, Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, hand = running
    for number, moment in enumerate(MOMENTS):
        old = await keys(kept, *PEOPLE)
        with killed(monkeypatch, moment):
            await replaced(kept, alone=True)
        await writes(hand, f"meanwhile-{number}")
        for name in (f"meanwhile-{number}", *PEOPLE):
            await reads(hand, name)
        await replaced(kept, alone=True)
        assert await all_open_with_new_keys_alone(kept, old) == len(PEOPLE) + number + 1
    await a_damaged_value_keeps_both_keys(kept)


async def a_damaged_value_keeps_both_keys(kept: Kept) -> None:
    damage = update(TABLE).where(TABLE.c.ref == ref(PEOPLE[3])).values({COLUMN: b"\x01\x00"})
    await kept.database.write(lambda conn: conn.execute(damage))
    before = (await keys(kept, PEOPLE[3]))[subject(PEOPLE[3])]
    found = await replaced(kept, alone=True)
    assert found.unopened_values == 1
    after = (await keys(kept, PEOPLE[3]))[subject(PEOPLE[3])]
    assert after[KEY_BYTES:] == before
    again = await replaced(kept, alone=True)
    assert (again.keys, again.unopened_values) == (found.keys - 1, 1)
    assert (await keys(kept, PEOPLE[3]))[subject(PEOPLE[3])] == after


async def test_whoever_obtained_keys_before_may_store_with_them_for_a_while_and_reads_all_the_same(
    running: tuple[Kept, Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, hand = running
    since, old, laid = ticked(), await keys(kept, *PEOPLE), asyncio.Event()
    monkeypatch.setattr(replacing, "failpoint", lambda met: laid.set() if met == "keys.next_laid" else None)

    async def late() -> None:
        """As a unit whose keys were obtained before there was a next one."""
        await laid.wait()
        await asyncio.sleep(0.1)
        held, place = Keys("intake", old, since), sealed_place(TABLE, COLUMN, ref(PEOPLE[0]))
        model: Any = sealed_columns(TABLE)[COLUMN].model
        value = model.model_validate(person(PEOPLE[0])["identity"])
        sealed = held.seal(value, subject=subject(PEOPLE[0]), place=place)
        change = update(TABLE).where(TABLE.c.ref == ref(PEOPLE[0])).values({COLUMN: sealed})
        await kept.database.write(lambda conn: conn.execute(change))

    await asyncio.gather(replaced(kept), late())
    await reads(hand, PEOPLE[0])
    await all_open_with_new_keys_alone(kept, old)
    store, answers = keys_of(kept), [old]
    obtain = store.obtain

    async def stale_once(*args: Any, **given: Any) -> Mapping[str, bytes]:
        return answers.pop() if answers else await obtain(*args, **given)

    monkeypatch.setattr(store, "obtain", stale_once)
    await reads(hand, PEOPLE[0])
    assert answers == []
