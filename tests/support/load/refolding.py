"""The live view against a fold of the same history from nothing, in a scratch store."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, insert, select

from shared.bus.rebuild import refold
from shared.columns import canonical
from shared.storage.ledger import Ledger
from shared.storage.sqlite import SqliteDatabase
from tests.support.load.facts import journey, known
from tests.support.load.ground import METADATA, Books, Rows
from tests.support.load.services import LEDGERS


async def refolded(books: Books, *, mended: bool = False) -> list[str]:
    """Where the live view differs from one that is made again."""
    with known():
        return [fault for service in METADATA for fault in await _differences(books, service, mended)]


async def _differences(books: Books, service: str, mended: bool) -> list[str]:
    book, metadata = LEDGERS[service], METADATA[service]
    with tempfile.TemporaryDirectory() as folder:
        scratch = SqliteDatabase(Path(folder) / "scratch.db")
        try:
            await scratch.write(lambda conn: _copy(conn, metadata, book, books.rows[service]))
            await refold(scratch, book, journey(service, mended=mended))
            again = await scratch.read(lambda conn: _view(conn, book))
        finally:
            await scratch.close()
    live = {name: [canonical(dict(row)) for row in books.of(service, name)] for name in again}
    return [f"{service}: {name} differs from its fold" for name in again if sorted(live[name]) != sorted(again[name])]


def _copy(conn: Connection, metadata: MetaData, book: Ledger, rows: Mapping[str, Rows]) -> None:
    metadata.create_all(conn)
    # What lost facts protected is no fact, and goes into a fold as it stands.
    for table in (book.journal, book.heard, book.guard):
        if rows[table.name]:
            conn.execute(insert(table), [dict[str, Any](row) for row in rows[table.name]])


def _view(conn: Connection, book: Ledger) -> dict[str, list[str]]:
    tables = (book.facet, book.relation)
    return {table.name: [canonical(dict(row)) for row in conn.execute(select(table)).mappings()] for table in tables}
