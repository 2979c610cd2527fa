"""Subject keys, wrapped by a master key from a file and stored apart from the values that they seal.

A stolen database without the key file gives nothing. The store is a SQLite file in the embedded default and a database
of its own on PostgreSQL, so that no backup of data holds a key.

A new key is on probation (`trial`) until `settle` has seen a row that it seals. One that seals nothing, since the write
was refused, is taken away. Obtaining a key on probation in order to seal begins its probation anew.
"""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, select

from shared.sealing import Reached, Seals
from shared.sealing.destroying import destroyed, end_for_ever
from shared.sealing.keyfile import KEY_BYTES, UnsafeKeyFile, make_master_key
from shared.sealing.keytable import KEYS, adding, ended, key_bound, on_trial, trying, wrapped_keys, wrapping
from shared.sealing.probation import Probations
from shared.sealing.reached import grow, reached
from shared.sealing.ring import Ring
from shared.sealing.standing import Secrets, any_keys, take_up
from shared.storage import Database, among
from shared.storage.once import sqlite_url, there, with_connection
from shared.storage.sqlite import SqliteDatabase

CHUNK = 200


class WrappedKeyStore:
    """Subject keys wrapped by a master key, each bound to its service and subject; and the services' secrets."""

    def __init__(self, ring: Ring, database: Database, kept: Secrets) -> None:
        self.ring, self.database = ring, database
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
        found = await self.database.read(lambda connection: self._find(connection, service, wanted))
        keys = {subject: key for subject, (key, _) in found.items()}
        if not create and not renew:
            return keys
        unsure = [subject for subject in wanted if (found[subject][1] if subject in found else create)]
        if unsure:
            made = await self.database.write(lambda conn: self._make(conn, service, unsure, create=create))
            keys = {subject: key for subject, key in keys.items() if subject not in unsure} | made
        return keys

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

    def _find(self, connection: Connection, service: str, subjects: list[str]) -> dict[str, tuple[bytes, bool]]:
        """Each key, and whether it is on probation."""
        keys: dict[str, tuple[bytes, bool]] = {}
        query = wrapped_keys(connection.dialect.name)
        for start in range(0, len(subjects), CHUNK):
            given = {"service": service, "subjects": subjects[start : start + CHUNK]}
            for row in connection.execute(query, given):
                keys[row.subject] = (
                    self.ring.unwrap(row.wrapped, key_bound(service, row.subject)),
                    row.since is not None,
                )
        missing = [subject for subject in subjects if subject not in keys]
        return keys | dict.fromkeys(destroyed(connection, service, missing), (b"", False))

    def _make(self, connection: Connection, service: str, subjects: list[str], *, create: bool) -> dict[str, bytes]:
        # The trial first: it is what `settle` locks, so a key that is being taken away is gone before one is made.
        rows = [{"service": service, "subject": subject} for subject in subjects]
        connection.execute(trying(connection.dialect.name), rows)
        if create:
            master = connection.execute(wrapping(connection.dialect.name)).scalars().one()
            gone = destroyed(connection, service, subjects)
            kept = [row for row in rows if row["subject"] not in gone]
            new = [{**row, "wrapped": self._new(master, key_bound(**row))} for row in kept]
            # Another unit may be making the same key: the first one stored is the key.
            if new:
                connection.execute(adding(connection.dialect.name), new)
        return {subject: key for subject, (key, _) in self._find(connection, service, subjects).items()}

    def _new(self, master: str, bound: str) -> bytes:
        return self.ring.wrap(master, secrets.token_bytes(KEY_BYTES), bound)


def _keyed(connection: Connection, service: str, subjects: list[str]) -> set[str]:
    mine = among(KEYS.c.subject, "subjects", connection.dialect.name)
    query = select(KEYS.c.subject).where(KEYS.c.service == service, mine)
    chunks = (subjects[start : start + CHUNK] for start in range(0, len(subjects), CHUNK))
    keyed = {subject for chunk in chunks for subject in connection.execute(query, {"subjects": chunk}).scalars()}
    return keyed | destroyed(connection, service, [subject for subject in subjects if subject not in keyed])


def begun(path: Path, url: str) -> tuple[Ring, Secrets]:
    """The master key and the secrets; key file and tables are made where there are none. Raises NoKeys."""
    if not path.exists() and there(url) and with_connection(url, any_keys):
        raise UnsafeKeyFile(f"the key file {path} is missing, and there are keys that only it opens: put it back")
    make_master_key(path)
    ring = Ring(path)
    return ring, with_connection(url, lambda connection: take_up(connection, ring))


def file_key_store(folder: Path, key_file: Path | None = None) -> WrappedKeyStore:
    """The key store of the embedded default: wrapped keys in the data folder, and the key file, made where missing."""
    ring, kept = begun(key_file or folder / "master.key", sqlite_url(folder / "keys.db"))
    return WrappedKeyStore(ring, SqliteDatabase(folder / "keys.db"), kept)
