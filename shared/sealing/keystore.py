"""Subject keys, wrapped by master keys and stored apart from the values that they seal.

A stolen database without the master keys gives nothing. The store is a SQLite file in the embedded default and a
database of its own on PostgreSQL, so that no backup of data holds a key. What wraps may be a call away, so that nothing
is wrapped or opened inside a transaction.

A new key is on probation (`trial`) until `settle` has seen a row that it seals. One that seals nothing, since the write
was refused, is taken away. Obtaining a key on probation in order to seal begins its probation anew.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from shared.contracts.catalogue import PRODUCERS
from shared.errors import Unavailable
from shared.sealing import Reached, Seals, in_force
from shared.sealing.destroying import destroyed, end_for_ever
from shared.sealing.keyfile import KEY_BYTES, UnsafeKeyFile, make_master_key
from shared.sealing.keytable import KEYS, adding, ended, key_bound, on_trial, trying, wrapped_keys
from shared.sealing.probation import Probations
from shared.sealing.reached import grow, reached
from shared.sealing.ring import Ring
from shared.sealing.standing import Secrets, any_keys, take_up
from shared.sealing.wrapping import Masters, Wrapping, unwrapped
from shared.storage import Database, among
from shared.storage.once import sqlite_url, there, with_connection
from shared.storage.sqlite import SqliteDatabase

T = TypeVar("T")
CHUNK = 200


TURNS = 5
"""How often a key is wrapped anew since the master key became another meanwhile."""


class Found(NamedTuple):
    """A wrapped key, and whether it is on probation."""

    wrapped: bytes
    tried: bool


DESTROYED = Found(b"", tried=False)
"""Its key is empty as well: see `Keys`."""


class _Changed(Exception):
    """The master key in force is another than the one that a new key was wrapped under."""


class WrappedKeyStore:
    """Subject keys wrapped by master keys, each bound to its service and subject; and the services' secrets."""

    def __init__(self, masters: Masters, database: Database, kept: Secrets) -> None:
        self.masters, self.database = masters, database
        self._secrets = kept
        self.probations = Probations()
        self.replacing = asyncio.Lock()
        """Held while keys of subjects are being replaced: two at once would end keys that the other still needs."""

    async def obtain(
        self, service: str, subjects: Iterable[str], *, create: bool, renew: bool = False
    ) -> Mapping[str, bytes]:
        """The keys of these subjects; missing ones are made and committed first when `create` is set.

        Whoever may seal something creates or renews: else a key on probation could be taken away meanwhile.
        """
        wanted = sorted(set(subjects))
        if not wanted:
            return {}
        found, master = await self.database.read(partial(_found, service=service, subjects=wanted, create=create))
        if create or renew:
            unsure = [subject for subject in wanted if (found[subject].tried if subject in found else create)]
            kept = {subject: one for subject, one in found.items() if subject not in unsure}
            found = kept | (await self._tried(service, unsure, master) if unsure else {})
        return await self._unwrapped(service, found)

    async def settle(self, service: str, seals: Seals) -> int:
        """End the probation of keys that have had their time: kept where a row is sealed, else taken away."""
        given = {"service": service}
        there = await self.database.read(
            lambda connection: {row.subject: row.since for row in connection.execute(on_trial(), given)}
        )
        found = self.probations.over(service, there)
        if not found:
            return 0
        proven, idle = await seals(list(found))
        rows = [{**given, "subject": subject, "since": found[subject]} for subject in sorted(proven | idle)]
        await self.database.write(lambda connection: grow(connection, service, ended(connection, rows, idle)))
        return len(rows)

    async def lacking(self, service: str, subjects: Iterable[str]) -> frozenset[str]:
        """Which of these subjects have no key, and should. Whose key was destroyed has none for a reason."""
        wanted = sorted(set(subjects))
        return frozenset(wanted) - await self.database.read(lambda connection: _keyed(connection, service, wanted))

    async def destroy(self, service: str, subjects: Iterable[str]) -> int:
        """End the keys of these subjects for ever, in every process at once; how many there were. May be repeated."""
        wanted = sorted(set(subjects))
        return await self.database.write(lambda connection: end_for_ever(connection, service, wanted))

    async def reached(self, service: str) -> Reached:
        """How far a service's keys have come."""
        return await self.database.read(lambda connection: reached(connection, service))

    def secret(self, service: str) -> bytes:
        """A service's own secret, for digests and derived refs."""
        return self._secrets[service]

    async def close(self) -> None:
        await self.database.close()

    async def _tried(self, service: str, subjects: Sequence[str], master: str) -> dict[str, Found]:
        """Begin the probations of these keys; those that are missing are made where a master key is named."""
        for _ in range(TURNS):
            new = await self._new(service, subjects, master) if master else []
            work = partial(_make, service=service, subjects=subjects, new=new, master=master)
            try:
                return await self.database.write(work)
            except _Changed:
                _, master = await self.database.read(partial(_found, service=service, subjects=[], create=True))
        raise Unavailable("store_unavailable")

    async def _new(self, service: str, subjects: Sequence[str], master: str) -> Sequence[bytes]:
        wrapping = self.masters.of(service)
        drawn = [(secrets.token_bytes(KEY_BYTES), key_bound(service, subject)) for subject in subjects]
        return await called(wrapping, partial(wrapping.wrap, master, drawn))

    async def _unwrapped(self, service: str, found: Mapping[str, Found]) -> Mapping[str, bytes]:
        wrapping = self.masters.of(service)
        there = {subject: one.wrapped for subject, one in found.items() if one is not DESTROYED}
        bound = [(wrapped, key_bound(service, subject)) for subject, wrapped in there.items()]
        keys = await called(wrapping, partial(unwrapped, wrapping, bound)) if bound else []
        return dict.fromkeys(found, b"") | dict(zip(there, keys, strict=True))


async def called(wrapping: Wrapping, work: Callable[[], T]) -> T:
    """Do what a holder of master keys is asked for, in another thread where that is a call to somebody else."""
    return work() if wrapping.local else await asyncio.to_thread(work)


def _found(
    connection: Connection, service: str, subjects: Sequence[str], *, create: bool
) -> tuple[dict[str, Found], str]:
    """The wrapped keys that there are, and the id of the master key to make others under."""
    return _find(connection, service, subjects), _master(connection, service, lock=False) if create else ""


def _master(connection: Connection, service: str, *, lock: bool) -> str:
    found = in_force.of(connection, service, lock=lock)
    if found is None:
        raise Unavailable("store_unavailable")
    return found.wraps


def _find(connection: Connection, service: str, subjects: Sequence[str]) -> dict[str, Found]:
    query, found = wrapped_keys(connection.dialect.name), dict[str, Found]()
    for start in range(0, len(subjects), CHUNK):
        given = {"service": service, "subjects": subjects[start : start + CHUNK]}
        for row in connection.execute(query, given):
            found[row.subject] = Found(row.wrapped, row.since is not None)
    missing = [subject for subject in subjects if subject not in found]
    return found | dict.fromkeys(destroyed(connection, service, missing), DESTROYED)


def _make(
    connection: Connection, service: str, subjects: Sequence[str], new: Sequence[bytes], master: str
) -> dict[str, Found]:
    # The trial first: it is what `settle` locks, so a key that is being taken away is gone before one is made.
    rows = [{"service": service, "subject": subject} for subject in subjects]
    connection.execute(trying(connection.dialect.name), rows)
    if new:
        if _master(connection, service, lock=True) != master:
            raise _Changed
        # Another unit may be making the same key: the first one stored is the key.
        gone = destroyed(connection, service, subjects)
        made = [
            {**row, "wrapped": wrapped} for row, wrapped in zip(rows, new, strict=True) if row["subject"] not in gone
        ]
        if made:
            connection.execute(adding(connection.dialect.name), made)
    return _find(connection, service, subjects)


def _keyed(connection: Connection, service: str, subjects: list[str]) -> set[str]:
    mine = among(KEYS.c.subject, "subjects", connection.dialect.name)
    query = select(KEYS.c.subject).where(KEYS.c.service == service, mine)
    chunks = (subjects[start : start + CHUNK] for start in range(0, len(subjects), CHUNK))
    keyed = {subject for chunk in chunks for subject in connection.execute(query, {"subjects": chunk}).scalars()}
    return keyed | destroyed(connection, service, [subject for subject in subjects if subject not in keyed])


def begun(masters: Callable[[], Masters], paths: Iterable[Path], url: str, *, own: bool) -> tuple[Masters, Secrets]:
    """The master keys and the secrets; key files and tables are made where there are none. Raises NoKeys."""
    in_use = there(url) and with_connection(url, any_keys)
    for path in paths:
        if not path.exists() and in_use:
            raise UnsafeKeyFile(f"the key file {path} is missing, and there are keys that only it opens: put it back")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_master_key(path)
    held = masters()
    return held, with_connection(url, lambda connection: take_up(connection, held, own=own))


def of_one_file(path: Path) -> Masters:
    """One key file for all services together: the embedded default, and a single site."""
    ring = Ring(path)
    return Masters(dict.fromkeys(PRODUCERS, ring))


def file_key_store(folder: Path, key_file: Path | None = None) -> WrappedKeyStore:
    """The key store of the embedded default: wrapped keys in the data folder, and the key file, made where missing."""
    path = key_file or folder / "master.key"
    masters, kept = begun(partial(of_one_file, path), [path], sqlite_url(folder / "keys.db"), own=False)
    return WrappedKeyStore(masters, SqliteDatabase(folder / "keys.db"), kept)
