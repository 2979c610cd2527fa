"""Takes a backup: a copy of all stores of one moment, and of the wrapped keys after it, each encrypted to recipients.

Everything may run meanwhile. Copies lie in a folder of their own until they are encrypted: in the data folder, or for
PostgreSQL where this machine keeps temporary files.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pyrage.x25519 import Recipient

from services import SERVICES
from services.operating import forgotten
from services.operating.archive import Manifest, Store, Told, digest_of, pack
from services.operating.office import NoData, Trouble
from shared import stores
from shared.clock import system_clock
from shared.sealing import Reached
from shared.sealing.keyfile import sync_folder
from shared.settings import Settings
from shared.storage.damage import DamagedFile, refuse_damaged_in
from shared.storage.folder import Hold, Taken, refuse_taken
from shared.storage.once import NOT_REACHED
from shared.storage.snapshots import NotCopied, Snapshot, cut

SCRATCH = "homeward-backup-"


async def back_up(settings: Settings, into: Path, to: Sequence[Recipient], told: Told) -> tuple[Manifest, Manifest]:
    """Write three new files, `into` and beside it keys and ledger of erasures. Raises Trouble; then none is there."""
    keys, ledger = keys_beside(into), forgotten.beside(into)
    for path in (into, keys, ledger):
        if path.exists():
            raise Trouble(f"{path} is there already; a backup never overwrites another.")
    if not stores.on_postgres(settings) and not (settings.data_dir / f"{SERVICES[0]}.db").exists():
        raise NoData(f"There is no data in {settings.data_dir} yet.")
    try:
        with _scratch(settings) as folder, _whole_or_nothing(ledger, keys, into) as (ledger_part, keys_part, part):
            before = await asyncio.to_thread(_keys_reached, settings)
            made = await _copied(settings, "stores", folder, told)
            # After the stores: a key stands before the first row that it seals, so these open every row above.
            held = await _copied(settings, "keys", folder, told)
            after = await asyncio.to_thread(_keys_reached, settings)
            if any(after[name].least > before[name].least for name in SERVICES):
                raise Trouble("Keys of people were replaced meanwhile, and these do not open that: take it once more.")
            pack(folder, made, part, to, told)
            pack(folder, held, keys_part, to, told)
            # Last: whom an order made forgotten meanwhile must stay so.
            forgotten.copied(settings, ledger_part, to)
    except (NotCopied, DamagedFile) as trouble:
        raise Trouble(str(trouble)) from None
    except OSError as error:
        raise Trouble(f"The backup could not be written: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise Trouble(f"A store could not be read ({error.sqlite_errorname}).") from None
    return made, held


def keys_beside(path: Path) -> Path:
    """The file with the keys of a backup."""
    return path.with_name(f"{path.name}.keys")


def _keys_reached(settings: Settings) -> Mapping[str, Reached]:
    """How far the keys have come. Raises what a copy of them would raise."""
    try:
        return stores.keys_reached(settings, SERVICES)
    except NOT_REACHED as error:
        if not stores.on_postgres(settings):
            refuse_damaged_in(settings.data_dir)
        raise NotCopied(f"The store of {stores.KEYS} cannot be reached or read ({type(error).__name__}).") from None


async def _copied(settings: Settings, holds: Literal["stores", "keys"], folder: Path, told: Told) -> Manifest:
    at = system_clock()
    async with _opened(settings, holds) as snapshots:
        await cut(snapshots)
        found = []
        for number, snapshot in enumerate(snapshots):
            told("copied", number, len(snapshots))
            path = folder / snapshot.name
            await snapshot.copy(path)
            found.append(
                Store(
                    name=snapshot.name,
                    revision=await snapshot.revision(),
                    rows=dict(await snapshot.rows()),
                    size=path.stat().st_size,
                    sha256=digest_of(path),
                )
            )
        told("copied", len(snapshots), len(snapshots))
    kept_as: Literal["files", "postgresql"] = "postgresql" if stores.on_postgres(settings) else "files"
    return Manifest(holds=holds, kept_as=kept_as, homeward=version("homeward"), at=at, stores=tuple(found))


@contextlib.asynccontextmanager
async def _opened(settings: Settings, holds: Literal["stores", "keys"]) -> AsyncIterator[Sequence[Snapshot]]:
    names = (*SERVICES, *stores.log_of(settings)) if holds == "stores" else (stores.KEYS,)
    async with contextlib.AsyncExitStack() as stack:
        snapshots = []
        for name in names:
            snapshots.append(stores.snapshot_of(settings, name))
            stack.push_async_callback(snapshots[-1].close)
        yield snapshots


@contextlib.contextmanager
def _scratch(settings: Settings) -> Iterator[Path]:
    """A folder that nobody else can read, gone afterwards; of one that was killed, at the next backup."""
    within = Path(tempfile.gettempdir()) if stores.on_postgres(settings) else settings.data_dir
    for left in within.glob(f"{SCRATCH}*"):
        with contextlib.suppress(Taken, OSError):
            refuse_taken(left)
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=within) as folder, Hold(Path(folder)):
        yield Path(folder)


@contextlib.contextmanager
def _whole_or_nothing(*paths: Path) -> Iterator[Sequence[Path]]:
    """Files that get their names when all are on the disk, the stores last: no backup is without its keys."""
    parts = [path.with_name(f"{path.name}.part") for path in paths]
    try:
        for part in parts:
            part.unlink(missing_ok=True)
        yield parts
        for part, path in zip(parts, paths, strict=True):
            part.rename(path)
        sync_folder(paths[0].absolute().parent)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
