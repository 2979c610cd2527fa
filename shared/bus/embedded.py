"""The bus without a broker: a log in one SQLite file, for one process.

One writing thread, so offset order is commit order. A record published twice is stored once; one with other bytes for
the same version is stored again, as on a broker. The offset of the next record is stored apart from the records, so
deleting old ones never gives an offset twice. Each start begins a life with an id of its own, so that a log that was
lost, or put back from a copy, is known from the one that was there.
"""

import asyncio
import contextlib
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from shared.bus.port import Delivered, StartAt, reached
from shared.clock import Clock, system_clock
from shared.events.record import Record
from shared.failpoints import failpoint
from shared.ids import random_ref

PARTITIONS = 4
KEEP = timedelta(days=30)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    topic TEXT NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL,
    value BLOB NOT NULL, source TEXT, version TEXT, digest BLOB NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (topic, part, off), UNIQUE (topic, source, key, version, digest)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_at ON log (at);
CREATE TABLE IF NOT EXISTS head (topic TEXT, part INTEGER, next INTEGER, PRIMARY KEY (topic, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS life (number INTEGER PRIMARY KEY, id TEXT NOT NULL);
"""
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
_APPEND = "INSERT OR IGNORE INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT off, key, headers, value FROM log WHERE topic = ? AND part = ? AND off >= ? ORDER BY off LIMIT ?"


def partition_of(key: str) -> int:
    """The partition of a key, always the same."""
    return zlib.crc32(key.encode()) % PARTITIONS


class EmbeddedBus:
    """One topic in one file."""

    def __init__(self, path: Path, topic: str = "case-events", clock: Clock = system_clock) -> None:
        self.topic = topic
        self.lives: tuple[str, ...] = ()
        self._path = path
        self._clock = clock
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="bus-write")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="bus-read")
        self._log: sqlite3.Connection
        self._view: sqlite3.Connection
        self._listening: set[EmbeddedSubscription] = set()
        self._open = False

    async def start(self) -> None:
        """Open the file, made where it is missing, and drop what is older than 30 days."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._open_log)
        await loop.run_in_executor(self._reader, self._open_view)
        self._open = True

    async def stop(self) -> None:
        """Close the file. Waiting readers return nothing; stopping twice is a no-op."""
        if not self._open:
            return
        self._open = False
        for subscription in self._listening:
            subscription.wake.set()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._reader, self._view.close)
        await loop.run_in_executor(self._writer, self._log.close)
        self._reader.shutdown()
        self._writer.shutdown()

    async def publish(self, records: Sequence[Record]) -> None:
        if records:
            await self._store([(partition_of(record.key), record) for record in records])

    async def publish_everywhere(self, made: Callable[[int, int], Record]) -> None:
        """Publish one record into each partition, made from its number and from how many there are."""
        await self._store([(part, made(part, PARTITIONS)) for part in range(PARTITIONS)])

    async def _store(self, placed: Sequence[tuple[int, Record]]) -> None:
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._writer, self._append, placed))
        for subscription in self._listening:
            subscription.wake.set()

    async def subscribe(self, group: str, start_at: StartAt) -> "EmbeddedSubscription":
        """Subscribe to all partitions: with one process, each group has one member."""
        ends, positions = await self.ends(), {part: await start_at(part) for part in range(PARTITIONS)}
        # A position behind the end is one in a log that was lost: the new one is read from its beginning.
        there = {part: at if at <= ends.get(part, 0) else 0 for part, at in positions.items()}
        subscription = EmbeddedSubscription(self, there)
        self._listening.add(subscription)
        return subscription

    async def read(self, positions: dict[int, int], limit: int) -> list[Delivered]:
        """The next records of these partitions, the first ones first."""
        if not self._open:
            return []
        # As they are now: whoever reads may be moved elsewhere while another thread looks.
        now = dict(positions)
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, now, limit)

    async def ends(self) -> Mapping[int, int]:
        """By partition: the offset that the next record will get."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._ends)

    async def starts(self) -> Mapping[int, int]:
        """By partition: the offset of the oldest record that is still there, else that of the next."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._starts)

    def forget(self, subscription: "EmbeddedSubscription") -> None:
        """Wake it no more."""
        self._listening.discard(subscription)

    def _open_log(self) -> None:
        self._log = sqlite3.connect(self._path, isolation_level=None)
        self._log.executescript(_PRAGMAS + _SCHEMA)
        self._log.execute("DELETE FROM log WHERE at < ?", ((self._clock() - KEEP).timestamp(),))
        self._log.execute("INSERT INTO life (id) VALUES (?)", (random_ref(),))
        self.lives = tuple(row[0] for row in self._log.execute("SELECT id FROM life ORDER BY number"))

    def _open_view(self) -> None:
        self._view = sqlite3.connect(self._path, isolation_level=None)
        self._view.executescript("PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0;")

    def _append(self, placed: Sequence[tuple[int, Record]]) -> None:
        at = self._clock().timestamp()
        self._log.execute("BEGIN IMMEDIATE")
        try:
            for part, group in groupby(sorted(placed, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
                self._append_to(part, [record for _, record in group], at)
            failpoint("bus.sent")
            self._log.execute("COMMIT")
        except BaseException:
            if self._log.in_transaction:
                self._log.execute("ROLLBACK")
            raise
        failpoint("bus.stored")

    def _append_to(self, part: int, records: Sequence[Record], at: float) -> None:
        found = self._log.execute("SELECT next FROM head WHERE topic = ? AND part = ?", (self.topic, part)).fetchone()
        offset = found[0] if found else 0
        for record in records:
            headers = json.dumps(dict(record.headers), ensure_ascii=False, sort_keys=True)
            digest = hashlib.blake2b(headers.encode() + b"\x00" + record.value, digest_size=16).digest()
            named = (record.headers.get("ce_source"), record.headers.get("ce_sequence"))
            row = (self.topic, part, offset, record.key, headers, record.value, *named, digest, at)
            offset += self._log.execute(_APPEND, row).rowcount
        self._log.execute("INSERT OR REPLACE INTO head VALUES (?, ?, ?)", (self.topic, part, offset))

    def _read(self, positions: dict[int, int], limit: int) -> list[Delivered]:
        found: list[Delivered] = []
        for part, offset in positions.items():
            rows = self._view.execute(_READ, (self.topic, part, offset, limit - len(found)))
            found += (Delivered(part, row[0], Record(row[1], json.loads(row[2]), row[3])) for row in rows)
        return found

    def _starts(self) -> dict[int, int]:
        query = "SELECT part, min(off) FROM log WHERE topic = ? GROUP BY part"
        return self._ends() | dict(self._view.execute(query, (self.topic,)).fetchall())

    def _ends(self) -> dict[int, int]:
        found = dict(self._view.execute("SELECT part, next FROM head WHERE topic = ?", (self.topic,)).fetchall())
        return dict.fromkeys(range(PARTITIONS), 0) | found


class EmbeddedSubscription:
    """A reader's offset in each partition, in memory only."""

    def __init__(self, bus: EmbeddedBus, positions: dict[int, int]) -> None:
        self._bus = bus
        self._positions = positions
        self.wake = asyncio.Event()

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        self.wake.clear()
        found = await self._bus.read(self._positions, limit)
        if not found and wait > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self.wake.wait()
            found = await self._bus.read(self._positions, limit)
        for partition, offset in reached(found).items():
            self._move(partition, offset)
        return found

    async def seek(self, partition: int, offset: int) -> None:
        self._positions[partition] = offset

    async def close(self) -> None:
        self._bus.forget(self)
        self.wake.set()

    def _move(self, partition: int, offset: int) -> None:
        """Take the partition to the end of the row, so that a busy one does not starve the others."""
        del self._positions[partition]
        self._positions[partition] = offset
