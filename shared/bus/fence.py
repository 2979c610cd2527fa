"""A reader's offsets in the topic, stored in its own database and moved in the transaction that applies what was read.

A reader that lost a partition finds its offset moved by another, raises `Fenced` and writes nothing. Rows are locked in
the order of their partitions before any is looked at, so that two readers of one group cannot deadlock.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from shared.storage import add_if_new, among
from shared.storage.ledger import Ledger
from shared.storage.sets import RowSet
from shared.storage.standing import LOST

MERGE = 'ON CONFLICT ("topic", "partition") DO UPDATE SET "next" = excluded."next"'


class Fenced(Exception):
    """Another reader has moved this partition on: what we hold is old."""


def place(conn: Connection, ledger: Ledger, topic: str, partition: int) -> int:
    """The offset to read next: that behind the last record that was applied."""
    offsets, here = ledger.bus_offset, {"topic": topic, "partition": partition}
    conn.execute(add_if_new(offsets, conn.dialect.name), {**here, "next": 0})
    return int(conn.execute(select(offsets.c.next).filter_by(**here)).scalar_one())


def places(conn: Connection, ledger: Ledger, topic: str) -> dict[int, int]:
    """By partition: the offset to read next, as far as any was read."""
    offsets = ledger.bus_offset
    rows = conn.execute(select(offsets.c.partition, offsets.c.next).where(offsets.c.topic == topic))
    return {row.partition: row.next for row in rows}


def move(conn: Connection, ledger: Ledger, topic: str, was: Mapping[int, int], now: Mapping[int, int]) -> None:
    """Move these partitions on. Raises Fenced unless each of them is where we left it."""
    here = {"topic": topic, "partitions": sorted(now)}
    found = {row.partition: row.next for row in conn.execute(_places(ledger, conn.dialect.name), here)}
    if found != {partition: was[partition] for partition in now}:
        raise Fenced
    rows = [{"topic": topic, "partition": partition, "next": now[partition]} for partition in sorted(now)]
    _rows(ledger).insert(conn, rows, MERGE)
    if any(now[partition] < was[partition] for partition in now):
        remember(conn, ledger, topic, LOST)


def begin_anew(conn: Connection, ledger: Ledger, topic: str) -> None:
    """Read the topic from its beginning. Whoever reads it now finds out at the next batch, by the fence."""
    offsets = ledger.bus_offset
    conn.execute(update(offsets).where(offsets.c.topic == topic).values(next=0))


def remember(conn: Connection, ledger: Ledger, topic: str, life: str) -> None:
    """In which life of its log the topic is read from now on; `LOST` where it is none that we know."""
    own = ledger.bus_log
    conn.execute(delete(own).where(own.c.topic == topic))
    conn.execute(insert(own).values(topic=topic, life=life))


@cache
def _places(ledger: Ledger, dialect: str) -> Select[Any]:
    offsets = ledger.bus_offset
    mine = (offsets.c.topic == bindparam("topic"), among(offsets.c.partition, "partitions", dialect))
    return select(offsets.c.partition, offsets.c.next).where(*mine).order_by(offsets.c.partition).with_for_update()


@cache
def _rows(ledger: Ledger) -> RowSet:
    return RowSet(ledger.bus_offset, ("topic", "partition", "next"))
