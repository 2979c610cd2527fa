"""The yardstick of SQLite writes: the very statements of our units, through `sqlite3` alone, one commit each."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event

Executed = tuple[str, Any, bool]
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;"
_ENDS = ("BEGIN", "COMMIT", "RELEASE", "ROLLBACK")


@contextmanager
def recorded() -> Iterator[list[list[Executed]]]:
    """The statements of every unit that is written meanwhile, unit by unit."""
    units: list[list[Executed]] = []

    def note(_conn: Any, _cursor: Any, text: str, given: Any, _context: Any, many: bool) -> None:
        if text.startswith("SAVEPOINT unit"):
            units.append([])
        elif units and not text.startswith(_ENDS):
            units[-1].append((text, given, many))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield units
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def replay(path: Path, units: list[list[Executed]]) -> None:
    """Do all of it again, each unit with a durable commit of its own, on one connection that nobody else uses."""
    with closing(sqlite3.connect(path, isolation_level=None, cached_statements=512)) as conn:
        conn.executescript(PRAGMAS)
        for unit in units:
            conn.execute("BEGIN IMMEDIATE")
            for text, given, many in unit:
                (conn.executemany if many else conn.execute)(text, given).fetchall()
            conn.execute("COMMIT")


def insert_all(path: Path, rows: list[tuple[Any, ...]], batch: int) -> float:
    """Rows per second into a bare table without an index: a durable commit per batch."""
    columns = len(rows[0])
    marks = ", ".join("?" * columns)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.executescript(PRAGMAS)
        conn.execute(f"CREATE TABLE bare ({', '.join(f'c{place}' for place in range(columns))})")
        begun = perf_counter()
        for start in range(0, len(rows), batch):
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany(f"INSERT INTO bare VALUES ({marks})", rows[start : start + batch])
            conn.execute("COMMIT")
        took = perf_counter() - begun
        assert conn.execute("SELECT count(*) FROM bare").fetchone()[0] == len(rows)
    return len(rows) / took
