"""Puts a backup into an empty place, once it is known to be whole and the master key is known to open its keys.

Nothing of the place is touched before that, and a file that is wrong leaves the place as empty as it was. Stores of
single services may be put back beside the others, which lived on with the keys. What was put back goes on in a new
generation.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyrage.x25519 import Identity

from services import SERVICES
from services.operating import forgotten, going_on
from services.operating.archive import Manifest, Store, Told, Unreadable, unpack
from services.operating.laying_keys import beside, key_names, lay_out, place_all
from services.operating.office import Trouble
from shared import stores
from shared.sealing.keyfile import NoKeys, master_key, sync_folder
from shared.settings import Settings
from shared.storage.damage import DamagedFile
from shared.storage.file_snapshot import files_of
from shared.storage.folder import NAME, Hold, Taken
from shared.storage.revisions import UnknownRevision, refuse_newer
from shared.storage.snapshots import NotCopied

SCRATCH = "homeward-restore-"


@dataclass(frozen=True)
class Asked:
    """What to restore, and with what. Where services are named, keys and master key are those that lived on."""

    file: Path
    who: Sequence[Identity]
    keys: Path | None = None
    master_keys: tuple[Path, ...] = ()
    services: tuple[str, ...] = ()
    ledgers: forgotten.Ledgers = forgotten.NONE_NAMED


@dataclass(frozen=True)
class Unpacked:
    """A backup as files in a folder."""

    folder: Path
    stores: Manifest
    keys: Manifest | None

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """What was opened, the stores first."""
        return (self.stores,) if self.keys is None else (self.stores, self.keys)

    def wanted(self, services: Sequence[str]) -> list[Store]:
        """The keys and all stores; or the stores of these services."""
        found = (store for manifest in reversed(self.manifests) for store in manifest.stores)
        return [store for store in found if not services or store.name in services]


async def restore(settings: Settings, asked: Asked, told: Told) -> tuple[Unpacked, going_on.WentOn]:
    """Put it where the settings say; what it held, and how it goes on. Raises Trouble."""
    with _trouble_named(), _empty(settings, asked.services) as place:
        again = asked.ledgers.known(settings, asked.who)
        await refuse_full(settings, asked.services)
        with unpacked(asked, place, told) as found:
            laid = await laid_out(settings, found, asked)
            async with _emptied_again(settings, [store.name for store in found.wanted(asked.services)]):
                for path in found.folder.glob("*.db"):
                    path.rename(Path(settings.data_dir) / path.name)
                if place is not None:
                    sync_folder(place)
                went_on = await _gone_on(settings, asked, again, told)
                # Last: without it nothing starts here, so a restore that was interrupted is noticed.
                if asked.master_keys:
                    place_all(laid, settings)
            return found, went_on


async def _gone_on(settings: Settings, asked: Asked, again: forgotten.Again, told: Told) -> going_on.WentOn:
    names = asked.services or SERVICES
    for name in names:
        await asyncio.to_thread(stores.bring_up, settings, name)
    if asked.services:
        # They lived on: a backup of somebody else's stores would be sealed under other ones.
        await asyncio.to_thread(stores.look_at_keys, settings, SERVICES)
    await again.forget(settings, names)
    return await going_on.go_on(settings, names, told)


@contextlib.asynccontextmanager
async def _emptied_again(settings: Settings, names: Sequence[str]) -> AsyncIterator[None]:
    """Leave these stores as empty as they were if it fails."""
    try:
        yield
    except BaseException:
        for name in names:
            await stores.emptied(settings, name)
        raise


async def laid_out(settings: Settings, found: Unpacked, asked: Asked) -> Settings:
    """The stores of a backup, filled and compared with its manifests: files where they were unpacked, or databases.

    Raises Trouble; above all for a master key that does not open the keys.
    """
    kept_as = "postgresql" if stores.on_postgres(settings) else "files"
    if found.stores.kept_as != kept_as:
        raise Trouble(f"This backup is of {found.stores.kept_as}, and the settings name {kept_as}.")
    there = beside(settings, found.folder)
    for path in asked.master_keys:
        master_key(path)
    filled: list[str] = []
    async with _emptied_again(there, filled):
        for store in found.wanted(asked.services):
            filled.append(store.name)
            await stores.put_back(there, store.name, found.folder / store.name)
            if await stores.rows_of(there, store.name) != store.rows:
                raise Trouble(f"The store of {store.name} has other rows than the manifest says.")
            if store.name == stores.KEYS:
                await lay_out(there, asked.master_keys)
        if not asked.services:
            # Keys of another day than the stores may lack some, or have others in their place.
            await asyncio.to_thread(stores.look_at_keys, there, SERVICES)
    return there


async def refuse_full(settings: Settings, services: Sequence[str] = ()) -> None:
    """Raise Trouble for databases, of these services or all, that hold anything."""
    for name in (services or (*SERVICES, stores.KEYS)) if stores.on_postgres(settings) else ():
        if await stores.rows_of(settings, name):
            raise Trouble(f"The database of {name} is not empty. A restore goes into empty databases only.")


@contextlib.contextmanager
def unpacked(asked: Asked, within: Path | None, told: Told) -> Iterator[Unpacked]:
    """A backup in a folder of its own, gone afterwards. Raises Trouble."""
    with _trouble_named(), tempfile.TemporaryDirectory(prefix=SCRATCH, dir=within) as name:
        folder = Path(name)
        made = _opened(asked.file, "stores", folder, asked, told)
        held = None if asked.keys is None else _opened(asked.keys, "keys", folder, asked, told)
        if held is not None and held.at < made.at:
            raise Trouble(
                f"{asked.keys} is older than {asked.file}: it lacks keys of rows there. A later one opens it."
            )
        yield Unpacked(folder, made, held)


def _opened(file: Path, holds: Literal["stores", "keys"], folder: Path, asked: Asked, told: Told) -> Manifest:
    manifest = unpack(file, folder, asked.who, told)
    if manifest.holds != holds:
        raise Unreadable(f"{file} holds the {manifest.holds} of a backup, not its {holds}.")
    for store in manifest.stores:
        if store.name in SERVICES:
            refuse_newer(f"services.{store.name}", store.revision)
    return manifest


@contextlib.contextmanager
def _empty(settings: Settings, services: Sequence[str]) -> Iterator[Path | None]:
    """The data folder, held, which must be empty, or without the files of these services; None where none lie in it."""
    if stores.elsewhere(settings):
        yield None
        return
    folder = Path(settings.data_dir)
    with Hold(folder):
        for left in folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(left)
        for name in services if not stores.on_postgres(settings) else ():
            if there := files_of(folder, name):
                raise Trouble(f"{there[0]} is still there: move {name}.db* out of {folder} first.")
        wanted = {NAME} | (key_names(settings, folder) if stores.on_postgres(settings) else set())
        if not services and (others := sorted({path.name for path in folder.iterdir()} - wanted)):
            raise Trouble(f"{folder} is not empty: it holds {others[0]}. A restore goes into an empty folder only.")
        yield folder


@contextlib.contextmanager
def _trouble_named() -> Iterator[None]:
    try:
        yield
    except (Unreadable, NoKeys, NotCopied, DamagedFile, Taken) as trouble:
        raise Trouble(str(trouble)) from None
    except UnknownRevision as trouble:
        raise Trouble(f"This backup cannot be used here: {trouble}.") from None
    except OSError as error:
        raise Trouble(f"{error.filename or 'The backup'}: {error.strerror}.") from None
