"""How a store looks for the facts of a case. With a million of them, a walk through all is what nobody waits for.

The store is asked for its plan. SQLite has no statistics in a young store, and then takes an index on `status` for a
good one; PostgreSQL walks through a table that was empty when it last looked.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, event

from shared.bus import rebuild
from shared.bus.folding import history_of, stored_of
from shared.journey.timeline import view
from shared.storage import by_index
from shared.storage.ledger import Ledger, ledger
from shared.storage.postgres import PostgresDatabase
from tests.support.listening import Listener
from tests.support.tale import CASE, JOURNEY, tale

MANY = [f"case/{number:032x}" for number in range(rebuild.PORTION)]
WAYS: dict[str, Callable[[Connection, Ledger], Any]] = {
    "the facts of many, to fold them": lambda conn, book: history_of(conn, book, "grants", MANY),
    "what is stored of many, to compare": lambda conn, book: stored_of(conn, book, MANY),
    "the timeline of one": lambda conn, book: view(conn, book, JOURNEY, CASE),
}


@pytest.mark.parametrize("way", WAYS)
async def test_facts_are_found_by_their_subject(listener: Listener, way: str) -> None:
    await listener.hear(*tale(2))
    asked: list[tuple[str, Any]] = []

    def plan(conn: Connection) -> list[str]:
        event.listen(conn, "before_cursor_execute", lambda _c, _k, text, given, *_: asked.append((text, given)))
        WAYS[way](conn, listener.kept.ledger)
        plans = (conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all() for text, given in tuple(asked))
        return [str(step.detail) for steps in plans for step in steps]

    found = [step for step in await listener.kept.database.read(plan) if step.startswith(("SCAN", "SEARCH"))]
    assert found
    assert all("subject=?" in step for step in found), found


async def test_a_table_that_is_being_filled_is_not_walked_through(postgres_url: str) -> None:
    database, metadata = PostgresDatabase(postgres_url.replace("{service}", "grants"), 1), MetaData()
    book = ledger(metadata)

    def plan(conn: Connection) -> str:
        metadata.create_all(conn)
        conn.execute(
            book.relation.insert(), {**dict.fromkeys(book.relation.columns.keys(), "x"), "until": None, "since": None}
        )
        conn.exec_driver_sql("ANALYZE relation")
        by_index(conn)
        by_index(conn)
        wanted = book.relation.c.subject == "case/1"
        text = book.relation.select().where(wanted).compile(conn, compile_kwargs={"literal_binds": True})
        return "\n".join(conn.exec_driver_sql(f"EXPLAIN {text}").scalars())

    found = await database.write(plan)
    await database.close()
    assert "Index" in found
    assert "Seq Scan" not in found
