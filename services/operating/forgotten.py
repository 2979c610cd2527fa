"""Whom a store that is put back has to forget again: the ledger of erasures, carried with backups and replayed.

A backup from before an order still holds what the order destroyed, and its keys. So a restore needs the ledger that
lived on, beside the place or named; it destroys those keys and empties those values before anything opens.
"""

import asyncio
import io
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from pyrage.x25519 import Identity, Recipient
from sqlalchemy import Connection, insert

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


def known(settings: Settings, given: Path | None, who: Sequence[Identity], *, lost: bool) -> tuple[Erased, ...]:
    """All orders that the ledger of this place and the one that is named know of. Raises Trouble without any."""
    own = stores.erasures_of(settings)
    found = [_lines(own.read_bytes())] if own.exists() else []
    if given is not None:
        found.append(_lines(_opened(given, who)))
    if not found and not lost:
        raise Trouble(
            f"There is no ledger of erasures at {own}, so nobody knows whom this backup would bring back. Name the "
            "newest one by --ledger (each backup has a copy beside it, in FILE.erasures), or say --ledger-lost."
        )
    return tuple(line for lines in found for line in lines)


def _opened(path: Path, who: Sequence[Identity]) -> bytes:
    held, clear = path.read_bytes(), io.BytesIO()
    if not held or held.startswith(CLEAR):
        return held
    try:
        age.decrypt(io.BytesIO(held), clear, who)
    except age.NotForUs as trouble:
        raise Trouble(f"{path}: {trouble}.") from None
    return clear.getvalue()


def _lines(held: bytes) -> tuple[Erased, ...]:
    try:
        return tuple(line for line, _ in read(held))
    except BrokenLedger as trouble:
        raise Trouble(f"{trouble}: use another copy of it.") from None


async def replay(settings: Settings, names: Sequence[str], lines: Sequence[Erased]) -> Mapping[str, int]:
    """Forget them again in these stores, which nobody uses yet; how many rows were emptied. The ledger goes on here."""
    own = ErasureLedger(stores.erasures_of(settings))
    await asyncio.to_thread(own.begin)
    for line in lines:
        await asyncio.to_thread(own.append, line)
    emptied = {}
    keys = stores.database_for(settings, stores.KEYS)
    try:
        for name in names:
            named = {subject for line in lines if line.service == name for subject in line.subjects}
            emptied[name] = await _again(settings, name, named, keys) if named else 0
    finally:
        await keys.close()
    return emptied


async def _again(settings: Settings, name: str, named: set[str], keys: Database) -> int:
    ledger, database = _service(name).ledger, stores.database_for(settings, name)
    try:
        subjects = await database.read(partial(belonging, ledger=ledger, named=named))
        await keys.write(partial(end_for_ever, service=name, subjects=sorted(subjects)))
        await scrub(keys)
        rows = await database.write(partial(empty, ledger=ledger, subjects=subjects))
        await scrub(database)
    finally:
        await database.close()
    return rows


async def note_lost(settings: Settings, names: Sequence[str], staff: str, why: LedgerLost) -> None:
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
