"""Whom a store that is put back has to forget again: the ledger of erasures, carried with backups and replayed.

A backup from before an order still holds what the order destroyed, and its keys. So a restore needs the ledger that
lived on, beside the place or named; it destroys those keys and empties those values before anything opens.
"""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from pyrage.x25519 import Identity, Recipient
from sqlalchemy import Connection, insert

from services.operating.doing import who
from services.operating.door import operator
from services.operating.losing import LedgerLost
from services.operating.office import Trouble
from shared import stores
from shared.clock import system_clock
from shared.erasing.doing import scrub
from shared.erasing.ledger import BrokenLedger, Erased, ErasureLedger, read
from shared.erasing.reaching import belonging, empty
from shared.sealing import age
from shared.sealing.destroying import end_for_ever
from shared.service import Service
from shared.settings import Settings
from shared.storage import Database
from shared.storage.ledger import Ledger
from shared.writing import tail

CLEAR = b"{"
"""How a ledger begins that is not encrypted."""


def beside(path: Path) -> Path:
    """The file with the ledger of a backup."""
    return path.with_name(f"{path.name}.erasures")


def copied(settings: Settings, into: Path, to: Sequence[Recipient]) -> None:
    """Copy the ledger as it is now, encrypted. Raises Trouble where it was changed."""
    ledger = ErasureLedger(stores.erasures_of(settings))
    ledger.begin()
    held = ledger.path.read_bytes()
    _lines(held)
    with into.open("xb") as file:
        age.encrypt(io.BytesIO(held), file, to)


@dataclass(frozen=True)
class Ledgers:
    """Which ledger an operator names beside that of the place; or the statement that there is none."""

    named: Path | None = None
    lost: LedgerLost | None = None

    def known(self, settings: Settings, identities: Sequence[Identity]) -> "Again":
        """All orders that these know of. Raises Trouble where there is no ledger and nobody states so."""
        own = stores.erasures_of(settings)
        found = [_lines(own.read_bytes())] if own.exists() else []
        if self.named is not None:
            found.append(_lines(_opened(self.named, identities)))
        if not found and self.lost is None:
            raise Trouble(
                f"There is no ledger of erasures at {own}, so nobody knows whom this backup would bring back. Name the "
                "newest one by --ledger (each backup has a copy beside it, in FILE.erasures), or say --ledger-lost."
            )
        return Again(tuple(line for lines in found for line in lines), self.lost)


NONE_NAMED = Ledgers()


@dataclass(frozen=True)
class Again:
    """Whom stores that are put back have to forget again."""

    lines: tuple[Erased, ...]
    lost: LedgerLost | None

    async def forget(self, settings: Settings, names: Sequence[str]) -> None:
        """Do so in these stores, which nobody uses yet, and note in their audit where no ledger was there."""
        await _replay(settings, names, self.lines)
        if self.lost is not None:
            await _note_lost(settings, names, who(), self.lost)


def _opened(path: Path, identities: Sequence[Identity]) -> bytes:
    held, clear = path.read_bytes(), io.BytesIO()
    if not held or held.startswith(CLEAR):
        return held
    try:
        age.decrypt(io.BytesIO(held), clear, identities)
    except age.NotForUs as trouble:
        raise Trouble(f"{path}: {trouble}.") from None
    return clear.getvalue()


def _lines(held: bytes) -> tuple[Erased, ...]:
    try:
        return tuple(line for line, _ in read(held))
    except BrokenLedger as trouble:
        raise Trouble(f"{trouble}: use another copy of it.") from None


async def _replay(settings: Settings, names: Sequence[str], lines: Sequence[Erased]) -> None:
    """The ledger of this place goes on with all of them, and then the stores lose what it names."""
    own = ErasureLedger(stores.erasures_of(settings))
    await asyncio.to_thread(own.begin)
    for line in lines:
        await asyncio.to_thread(own.append, line)
    keys = stores.database_for(settings, stores.KEYS)
    try:
        for name in names:
            named = {subject for line in lines if line.service == name for subject in line.subjects}
            if named:
                await _again(settings, name, named, keys)
    finally:
        await keys.close()


async def _again(settings: Settings, name: str, named: set[str], keys: Database) -> None:
    ledger, database = _service(name).ledger, stores.database_for(settings, name)
    try:
        subjects = await database.read(partial(belonging, ledger=ledger, named=named))
        await keys.write(partial(end_for_ever, service=name, subjects=sorted(subjects)))
        await scrub(keys)
        await database.write(partial(empty, ledger=ledger, subjects=subjects))
        await scrub(database)
    finally:
        await database.close()


async def _note_lost(settings: Settings, names: Sequence[str], staff: str, why: LedgerLost) -> None:
    """Leave in each store's audit that it was put back without a ledger, and why."""
    for name in names:
        database = stores.database_for(settings, name)
        try:
            await database.write(partial(_noted, ledger=_service(name).ledger, staff=staff, why=why))
        finally:
            await database.close()


def _noted(connection: Connection, ledger: Ledger, staff: str, why: LedgerLost) -> None:
    action, outcome = "operating.restore", f"ledger_lost:{why.value}"
    asked = "operating-restore"
    entry = tail.entry(system_clock(), operator(staff), action, outcome, subjects=[], classes=[], request_id=asked)
    connection.execute(insert(ledger.audit).values(entry))


def _service(name: str) -> Service:
    found: Service = import_module(f"services.{name}.app").SERVICE
    return found
