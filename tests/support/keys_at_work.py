"""A world whose people are read and written while its keys change hands."""

import asyncio
from collections.abc import Mapping
from functools import partial

import pytest

from services import SERVICES
from services.hosting.embedded import Embedded
from shared import stores
from shared.sealing.at_hand import masters_for
from shared.sealing.keyfile import WrongKeys
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.standing import secrets_of
from shared.settings import Settings
from shared.storage.once import with_connection
from shared.testing import Harness, ref
from tests.support.keyring import NAME, OFFICER, PERSONS, World, person

PEOPLE = tuple(f"person-{number}" for number in range(8))


async def reads(hand: Harness, name: str) -> None:
    answer = await hand.get(f"{PERSONS}/{ref(name)}", OFFICER)
    assert answer.status_code == 200, answer.text
    assert answer.json()["identity"]["names"][0]["full_name"] == NAME


async def writes(hand: Harness, name: str) -> None:
    answer = await hand.post(PERSONS, OFFICER, person(name), key=ref(f"key {name}"))
    assert answer.status_code == 201, answer.text


async def other_process(world: World, product: Embedded) -> WrappedKeyStore:
    """The keys as another process has them; files have one process."""
    if not stores.on_postgres(world.settings):
        return product.key_store
    return await asyncio.to_thread(stores.keys_in_use, world.settings, SERVICES)


def secrets_in(settings: Settings, service: str) -> Mapping[str, bytes]:
    """What a process of one service takes up when it starts."""
    work = partial(secrets_of, masters=masters_for(settings, (service,)))
    return with_connection(stores.url_for(settings, stores.KEYS), work)


def refused(settings: Settings, service: str) -> str:
    """Why a process of one service does not start."""
    with pytest.raises(WrongKeys) as why:
        secrets_in(settings, service)
    return str(why.value)
