"""A store as it is after years: one case is played through by the product itself, and then multiplied by the database.

So every row is as the product writes it; only refs and moments differ.
"""

from typing import Any

from sqlalchemy import Connection, Table

from bench.facts import NOW, Shelf, told
from bench.worlds import write
from shared.bus.consumer import Consumer
from shared.runtime import Kept

CASE = next(told(1)).subject.removeprefix("case/")
AGO = NOW.timestamp() - 86_400
_DRAWN = """
CREATE TEMPORARY TABLE drawn AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
SELECT i, {ref} AS ref FROM n
"""
_DIALECT = {
    "sqlite": {
        "ref": "lower(hex(randomblob(16)))",
        "at": f"strftime('%Y-%m-%d %H:%M:%f000', {AGO} + drawn.i * 0.01, 'unixepoch')",
    },
    "postgresql": {"ref": "md5(random()::text || random()::text)", "at": f"to_timestamp({AGO} + drawn.i * 0.01)"},
}
_KEYS = {"event_id", "key", "request_id", "ref"}


async def fill(kept: Kept, cases: int, facts: int = 1) -> None:
    """Give a service so many cases, each with that many facts heard of it and, in screening, one interview told."""
    heard = list(told(facts * 400))[::400]
    await Consumer(kept, Shelf(heard, partition=99)).step()
    if kept.name == "screening":
        await write(kept, CASE)
    await kept.database.write(lambda conn: _multiply(conn, kept, cases - 1))


def _multiply(conn: Connection, kept: Kept, many: int) -> None:
    conn.exec_driver_sql(_DRAWN.format(many=many, ref=_DIALECT[conn.dialect.name]["ref"]))
    ledger = kept.ledger
    tables: list[Any] = [ledger.journal, ledger.heard, ledger.facet, ledger.stream, ledger.audit, ledger.idempotency]
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
    if name in _KEYS:
        return _DIALECT[dialect]["ref"]
    if name in {"recorded_at", "updated_at"}:
        return _DIALECT[dialect]["at"]
    return f'seed."{name}"'
