"""Subject keys, wrapped by one master key from a file and kept in a store of their own, apart from what they seal.

A stolen database without the key file gives nothing. A key file that others may read is refused at start. The store is
a SQLite file in the embedded default and a database of its own on PostgreSQL, so that no backup of data holds a key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    Insert,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    select,
)

from shared.sealing import NONCE
from shared.storage import Database, add_if_new, among
from shared.storage.sqlite import SqliteDatabase

_METADATA = MetaData()
_KEYS = Table(
    "data_key",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
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
    if path.stat().st_mode & 0o077:
        raise UnsafeKeyFile("the key file may be read by others; run chmod 600 on it")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnsafeKeyFile("the key file does not hold a key of 32 bytes")
    return key


def create_tables(connection: Connection) -> None:
    """Make the one table of a key store, unless it is there."""
    _METADATA.create_all(connection)


@cache
def _wrapped(dialect: str) -> Select[tuple[str, bytes]]:
    query = select(_KEYS.c.subject, _KEYS.c.wrapped).where(_KEYS.c.service == bindparam("service"))
    return query.where(among(_KEYS.c.subject, "subjects", dialect))


@cache
def _adding(dialect: str) -> Insert:
    return add_if_new(_KEYS, dialect)


class WrappedKeyStore:
    """Subject keys wrapped by the master key, each bound to its service and subject."""

    def __init__(self, key: bytes, database: Database) -> None:
        self._key = key
        self._master = AESGCM(key)
        self._database = database

    async def obtain(self, service: str, subjects: Iterable[str], *, create: bool) -> Mapping[str, bytes]:
        """The keys of these subjects; missing ones are made and committed first when `create` is set."""
        wanted = sorted(set(subjects))
        if not wanted:
            return {}
        keys = await self._database.read(lambda connection: self._find(connection, service, wanted))
        missing = [subject for subject in wanted if subject not in keys]
        if missing and create:
            keys |= await self._database.write(lambda connection: self._make(connection, service, missing))
        return keys

    def secret(self, service: str) -> bytes:
        """A service's own secret, for digests and derived refs; never stored."""
        return hmac.new(self._key, f"service-secret:{service}".encode(), hashlib.sha256).digest()

    async def close(self) -> None:
        await self._database.close()

    def _find(self, connection: Connection, service: str, subjects: list[str]) -> dict[str, bytes]:
        keys: dict[str, bytes] = {}
        query = _wrapped(connection.dialect.name)
        for start in range(0, len(subjects), CHUNK):
            given = {"service": service, "subjects": subjects[start : start + CHUNK]}
            for row in connection.execute(query, given):
                keys[row.subject] = self._unwrap(service, row.subject, row.wrapped)
        return keys

    def _make(self, connection: Connection, service: str, subjects: list[str]) -> dict[str, bytes]:
        made = [self._wrap(service, subject, secrets.token_bytes(KEY_BYTES)) for subject in subjects]
        rows = [
            {"service": service, "subject": subject, "wrapped": wrapped}
            for subject, wrapped in zip(subjects, made, strict=True)
        ]
        # Another unit may be making the same key: the first one stored is the key.
        connection.execute(_adding(connection.dialect.name), rows)
        return self._find(connection, service, subjects)

    def _wrap(self, service: str, subject: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._master.encrypt(nonce, key, f"{service}|{subject}".encode())

    def _unwrap(self, service: str, subject: str, wrapped: bytes) -> bytes:
        return self._master.decrypt(wrapped[:NONCE], wrapped[NONCE:], f"{service}|{subject}".encode())


def file_key_store(folder: Path) -> WrappedKeyStore:
    """The key store of the embedded default: key file and wrapped keys in the data folder, made where missing."""
    make_master_key(folder / "master.key")
    return WrappedKeyStore(master_key(folder / "master.key"), SqliteDatabase(folder / "keys.db", create_tables))
