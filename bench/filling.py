"""A store as it is after years: one case is played through by the product itself, and then multiplied by the database.

So every row is as the product writes it; only refs and moments differ. Refs are scattered over their whole range, as
drawn ones are, but each store gets the same, so that services can have heard of each other's cases.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

from bench.facts import AT_ONCE, NOW, Shelf, told
from bench.worlds import hold, let_go, write
from shared.bus.consumer import Consumer
from shared.events.envelope import Envelope
from shared.journey import blank
from shared.journey.views import fold
from shared.runtime import Kept
from shared.writing import streams
from shared.writing.ending import JOURNAL, Ending, store

CASE = next(told(1)).subject.removeprefix("case/")
AGO = NOW.timestamp() - 86_400
_DRAWN = """
CREATE TEMPORARY TABLE drawn AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
SELECT i, {case} AS ref FROM n
"""
_DIALECT = {
    "sqlite": {
        "case": "printf('%08x%024x', i * 2654435761 % 4294967296, i)",
        "event": "substr(drawn.ref, 1, 8) || substr(drawn.ref, 17) || printf('%08x', seed.version)",
        "ref": "lower(hex(randomblob(16)))",
        "at": f"strftime('%Y-%m-%d %H:%M:%f000', {AGO} + drawn.i * 0.01, 'unixepoch')",
    },
    "postgresql": {
        "case": "lpad(to_hex(i * 2654435761 % 4294967296), 8, '0') || lpad(to_hex(i), 24, '0')",
        "event": "substr(drawn.ref, 1, 8) || substr(drawn.ref, 17) || lpad(to_hex(seed.version), 8, '0')",
        "ref": "md5(random()::text || random()::text)",
        "at": f"to_timestamp({AGO} + drawn.i * 0.01)",
    },
}
_KEYS = {"key", "request_id", "ref"}


async def fill(kept: Kept, cases: int, facts: int = 1) -> None:
    """Give a service so many cases, each with that many facts heard of it and, in screening, one interview told."""
    await let_go(kept)
    await _hear(kept, facts)
    if kept.name == "screening":
        await let_go(kept)
        await hold(kept, [CASE])
        await write(kept, CASE)
    await _multiplied(kept, cases)
    if kept.name == "screening":
        await hold(kept)


async def fill_teller(kept: Kept, cases: int, facts: int) -> None:
    """Give intake so many cases of which it told that many facts each: the same that `fill` lets others hear."""
    life = list(told(facts * AT_ONCE))[::AT_ONCE]
    await kept.database.write(lambda conn: _tell(conn, kept, life))
    await _multiplied(kept, cases)


async def fill_hearer(kept: Kept, cases: int, facts: int) -> None:
    """Give a service so many cases of which it heard as much, and told nothing."""
    await let_go(kept)
    await _hear(kept, facts)
    await _multiplied(kept, cases)


async def _hear(kept: Kept, facts: int) -> None:
    await Consumer(kept, Shelf(list(told(facts * AT_ONCE))[::AT_ONCE], partition=99)).step()


def _tell(conn: Connection, kept: Kept, life: Sequence[Envelope]) -> None:
    streams.lock(conn, kept.ledger, [life[0].subject])
    journal = [{name: getattr(fact, name) for name in JOURNAL} for fact in life]
    moves = fold(kept.journey, {life[0].stream: blank(kept.journey, life[0].stream)}, life)
    store(conn, kept.ledger, Ending([journal[-1]], journal, moves, [], [], []))


async def _multiplied(kept: Kept, cases: int) -> None:
    await kept.database.write(lambda conn: _multiply(conn, kept, cases - 1))


def _multiply(conn: Connection, kept: Kept, many: int) -> None:
    conn.exec_driver_sql(_DRAWN.format(many=many, case=_DIALECT[conn.dialect.name]["case"]))
    ledger = kept.ledger
    tables: list[Any] = [ledger.journal, ledger.heard, ledger.facet, ledger.relation, ledger.stream]
    tables += [ledger.audit, ledger.idempotency]
    tables += [table for name, table in ledger.stream.metadata.tables.items() if name == "interview"]
    for table in tables:
        conn.exec_driver_sql(_copies(table, conn.dialect.name))
    conn.exec_driver_sql("DROP TABLE drawn")


def _copies(table: Table, dialect: str) -> str:
    """Every row that is there, once more for each ref that was drawn."""
    names = [column.name for column in table.columns if column.name not in {"id", "position"}]
    listed = ", ".join(f'"{name}"' for name in names)
    picked = ", ".join(_pick(name, dialect) for name in names)
    # Statements of our own making over our own tables; nothing of it comes from outside.
    return f'INSERT INTO "{table.name}" ({listed}) SELECT {picked} FROM drawn, (SELECT * FROM "{table.name}") AS seed'


def _pick(name: str, dialect: str) -> str:
    if name == "subject":
        return "'case/' || drawn.ref"
    if name == "case_ref":
        return "drawn.ref"
    if name == "data":
        return f"replace(seed.data, '{CASE}', drawn.ref)"
    if name == "event_id":
        return _DIALECT[dialect]["event"]
    if name in _KEYS:
        return _DIALECT[dialect]["ref"]
    if name in {"recorded_at", "updated_at"}:
        return _DIALECT[dialect]["at"]
    return f'seed."{name}"'
