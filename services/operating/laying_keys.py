"""Lays the master keys out for a backup that is being put back: which one is whose, its store of keys says."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from services.operating.office import Trouble
from shared import stores
from shared.errors import Unavailable
from shared.sealing import at_hand
from shared.sealing.keyfile import NoKeys, key_id, master_key, write_key
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import KEYS, create_tables
from shared.sealing.rotation import noted_now, owned
from shared.settings import Settings
from shared.storage.once import with_connection

MASTER = "master.key"
SAMPLE = 500
"""How many keys are tried with the master key."""


async def lay_out(there: Settings, given_keys: Sequence[Path]) -> None:
    """Lay out the master keys. Raises Trouble where one is missing, or does not open the keys."""
    await asyncio.to_thread(_keys_laid, there, given_keys)
    await _refuse_other_key(there, given_keys)


def place_all(laid: Settings, settings: Settings) -> None:
    """Put the master keys that were laid out where the product looks for them."""
    for name, path in at_hand.key_files(laid).items():
        _placed(path, at_hand.key_file(settings, name))


def beside(settings: Settings, folder: Path) -> Settings:
    """The settings of what is laid out in a folder, with its master keys, unless a key service alone has them."""
    changed: dict[str, Path] = {"data_dir": folder}
    if at_hand.key_files(settings):
        changed["master_key_file"] = folder / (f"{at_hand.NAMED}.key" if at_hand.file_for_each(settings) else MASTER)
    return settings.model_copy(update=changed)


def _keys_laid(there: Settings, given_keys: Sequence[Path]) -> None:
    """Lay out the master keys: which one is whose, the store of keys says. Raises Trouble where one is missing."""
    url, paths = stores.url_for(there, stores.KEYS), at_hand.key_files(there)
    with_connection(url, create_tables)
    own = with_connection(url, owned)
    if own and not at_hand.each_its_own(there):
        raise Trouble(
            "This backup has a master key for each service: set HOMEWARD_MASTER_KEY_FILE with {service} in it."
        )
    if len(set(paths.values())) > 1 and not own:
        raise Trouble("This backup has one master key for all: set HOMEWARD_MASTER_KEY_FILE without {service} in it.")
    if not paths or not own:
        for path in given_keys[:1]:
            _placed(path, there.master_key_file or there.data_dir / MASTER)
        return
    given, current = {key_id(master_key(path)): path for path in given_keys}, with_connection(url, noted_now)
    for name, path in paths.items():
        if current[name] not in given:
            raise Trouble(f"The master key of {name} is missing: name the file of the one with the id {current[name]}.")
        _placed(given[current[name]], path)


def key_names(settings: Settings, folder: Path) -> set[str]:
    """What lies in the data folder for the master keys' sake."""
    paths = at_hand.key_files(settings).values()
    return {path.relative_to(folder).parts[0] for path in paths if path.is_relative_to(folder)}


async def _refuse_other_key(there: Settings, given_keys: Sequence[Path]) -> None:
    """Raise Trouble for a master key that does not open a sample of the keys."""
    try:
        key_store = await asyncio.to_thread(stores.key_store_for, there)
        try:
            await _tried(key_store)
        finally:
            await key_store.close()
    except (NoKeys, Unavailable):
        named = " ".join(map(str, given_keys)) or "What the key service has"
        raise Trouble(f"{named} is not the master key of this backup: it opens none of its keys.") from None


async def _tried(key_store: WrappedKeyStore) -> None:
    names = select(KEYS.c.service, KEYS.c.subject).limit(SAMPLE)
    found = await key_store.database.read(lambda conn: [(row.service, row.subject) for row in conn.execute(names)])
    for service in {service for service, _ in found}:
        await key_store.obtain(service, [subject for owner, subject in found if owner == service], create=False)


def _placed(key: Path, at: Path) -> None:
    """The master key where the product looks for it. One that is there already must be the same."""
    if at.exists():
        if at.read_bytes() != key.read_bytes():
            raise Trouble(f"{at} holds another key than {key}.")
        return
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_key(at, key.read_bytes())
