"""Subject keys, wrapped by one master key from a file and stored apart from the values that they seal.

A stolen database without the key file gives nothing. A key file that others may read is refused at start. The store is
a SQLite file in the embedded default and a database of its own on PostgreSQL, so that no backup of data holds a key.

A new key is on probation (`trial`) until `settle` has seen a row that it seals. One that seals nothing, since the write
was refused, is taken away. Obtaining a key on probation in order to seal begins its probation anew.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from shared.sealing import NONCE, Seals
from shared.sealing.keytable import adding, create_tables, ended, on_trial, trying, wrapped_keys
from shared.storage import Database
from shared.storage.sqlite import SqliteDatabase

KEY_BYTES = 32
CHUNK = 200


class UnsafeKeyFile(Exception):
    """The key file can be read by others, or is not a key."""


def make_master_key(path: Path) -> None:
    """Draw the key that wraps all others, readable by its owner only, unless there is one."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(KEY_BYTES))


def master_key(path: Path) -> bytes:
    """The key that wraps all others. A service never makes one: two replicas would make two."""
    if not path.exists():
        raise UnsafeKeyFile("there is no key file; `homeward migrate` makes one")
    refuse_open_file(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnsafeKeyFile("the key file does not hold a key of 32 bytes")
    return key


def refuse_open_file(path: Path) -> None:
    """Raise UnsafeKeyFile for a file that others than its owner may read."""
    if path.stat().st_mode & 0o077:
        raise UnsafeKeyFile("the key file may be read by others; run chmod 600 on it")


class WrappedKeyStore:
    """Subject keys wrapped by the master key, each bound to its service and subject."""

    def __init__(self, key: bytes, database: Database) -> None:
        self._key = key
        self._master = AESGCM(key)
        self._database = database

    async def obtain(
        self, service: str, subjects: Iterable[str], *, create: bool, renew: bool = False
    ) -> Mapping[str, bytes]:
        """The keys of these subjects; missing ones are made and committed first when `create` is set.

        Whoever may seal something creates or renews: else a key on probation could be taken away meanwhile.
        """
        wanted = sorted(set(subjects))
        if not wanted:
            return {}
        found = await self._database.read(lambda connection: self._find(connection, service, wanted))
        keys = {subject: key for subject, (key, _) in found.items()}
        if not create and not renew:
            return keys
        unsure = [subject for subject in wanted if (found[subject][1] if subject in found else create)]
        if unsure:
            made = await self._database.write(lambda conn: self._make(conn, service, unsure, create=create))
            keys = {subject: key for subject, key in keys.items() if subject not in unsure} | made
        return keys

    async def settle(self, service: str, seals: Seals) -> int:
        """End the probation of keys that have had their time: kept where a row is sealed, else taken away."""
        given = {"service": service}
        found = await self._database.read(
            lambda connection: {
                row.subject: row.since for row in connection.execute(on_trial(connection.dialect.name), given)
            }
        )
        if not found:
            return 0
        proven, idle = await seals(list(found))
        rows = [{**given, "subject": subject, "since": found[subject]} for subject in sorted(proven | idle)]
        await self._database.write(lambda connection: ended(connection, rows, idle))
        return len(rows)

    def secret(self, service: str) -> bytes:
        """A service's own secret, for digests and derived refs; never stored."""
        return hmac.new(self._key, f"service-secret:{service}".encode(), hashlib.sha256).digest()

    async def close(self) -> None:
        await self._database.close()

    def _find(self, connection: Connection, service: str, subjects: list[str]) -> dict[str, tuple[bytes, bool]]:
        """Each key, and whether it is on probation."""
        keys: dict[str, tuple[bytes, bool]] = {}
        query = wrapped_keys(connection.dialect.name)
        for start in range(0, len(subjects), CHUNK):
            given = {"service": service, "subjects": subjects[start : start + CHUNK]}
            for row in connection.execute(query, given):
                keys[row.subject] = self._unwrap(service, row.subject, row.wrapped), row.since is not None
        return keys

    def _make(self, connection: Connection, service: str, subjects: list[str], *, create: bool) -> dict[str, bytes]:
        # The trial first: it is what `settle` locks, so a key that is being taken away is gone before one is made.
        rows = [{"service": service, "subject": subject} for subject in subjects]
        connection.execute(trying(connection.dialect.name), rows)
        if create:
            made = [self._wrap(service, subject, secrets.token_bytes(KEY_BYTES)) for subject in subjects]
            new = [{**row, "wrapped": wrapped} for row, wrapped in zip(rows, made, strict=True)]
            # Another unit may be making the same key: the first one stored is the key.
            connection.execute(adding(connection.dialect.name), new)
        return {subject: key for subject, (key, _) in self._find(connection, service, subjects).items()}

    def _wrap(self, service: str, subject: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._master.encrypt(nonce, key, f"{service}|{subject}".encode())

    def _unwrap(self, service: str, subject: str, wrapped: bytes) -> bytes:
        return self._master.decrypt(wrapped[:NONCE], wrapped[NONCE:], f"{service}|{subject}".encode())


def file_key_store(folder: Path) -> WrappedKeyStore:
    """The key store of the embedded default: key file and wrapped keys in the data folder, made where missing."""
    make_master_key(folder / "master.key")
    return WrappedKeyStore(master_key(folder / "master.key"), SqliteDatabase(folder / "keys.db", create_tables))
