"""Writes rows of our own tables without SQLAlchemy's compiler, which would cost more than the database does.

On PostgreSQL each column travels as one array, so the statement's text never depends on how many rows there are and is
prepared once per connection. On SQLite the same rows are tuples. The column types convert the values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
SQLITE: Any = sqlite.dialect()
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class RowSet:
    """Rows of some columns of a table, as arrays. `names` gives the order in which the arrays travel."""

    table: Table
    names: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[Column[Any], ...]:
        return tuple(self.table.c[name] for name in self.names)

    @cached_property
    def _ready(self) -> tuple[Any, ...]:
        return tuple(column.type.dialect_impl(DIALECT).bind_processor(DIALECT) for column in self.columns)

    def listed(self, alias: str = "") -> str:
        """The columns by name, each behind an alias if one is given."""
        prefix = f"{alias}." if alias else ""
        return ", ".join(f'{prefix}"{name}"' for name in self.names)

    def source(self, first: int = 1) -> str:
        """`unnest(...)` over the arrays from parameter number `first` on, as `given`, numbered by `ord`."""
        # Without its length: a cast would cut a text that is too long, where storing it must fail.
        types = (column.type.compile(dialect=DIALECT).partition("(")[0] for column in self.columns)
        arrays = ", ".join(f"${first + place}::{kind}[]" for place, kind in enumerate(types))
        return f"unnest({arrays}) WITH ORDINALITY AS given({self.listed()}, ord)"

    def arrays(self, rows: Rows) -> list[list[Any]]:
        """The values of these rows, column by column, as PostgreSQL's driver takes them."""
        return _by_column(rows, zip(self.names, self._ready, strict=True))

    @cached_property
    def _plain(self) -> tuple[tuple[str, Any], ...]:
        kinds = (column.type.dialect_impl(SQLITE).bind_processor(SQLITE) for column in self.columns)
        return tuple(zip(self.names, kinds, strict=True))

    def tuples(self, rows: Rows) -> list[tuple[Any, ...]]:
        """The values of these rows, row by row, as SQLite's driver takes them."""
        # Column by column even so: that takes a third of the time.
        return list(zip(*_by_column(rows, self._plain), strict=True))

    def insert(self, conn: Connection, rows: Rows, then: str = "") -> Any:
        """Insert rows in their order. `then` is what follows: ON CONFLICT, RETURNING (on PostgreSQL)."""
        if not rows:
            return None
        if conn.dialect.name == "sqlite":
            return conn.exec_driver_sql(_values(self, then), self.tuples(rows))
        return conn.exec_driver_sql(insert_of(self, then=then), tuple(self.arrays(rows)))

    def insert_one(self, conn: Connection, row: Mapping[str, object]) -> None:
        """Insert a single row, which PostgreSQL does sooner from values than from arrays of one."""
        if conn.dialect.name == "sqlite":
            self.insert(conn, [row])
        else:
            conn.exec_driver_sql(_numbered(self), tuple(values[0] for values in self.arrays([row])))

    def delete(self, conn: Connection, rows: Rows) -> None:
        """Delete what equals one of these rows."""
        if rows and conn.dialect.name == "sqlite":
            conn.exec_driver_sql(_equal(self), self.tuples(rows))
        elif rows:
            conn.exec_driver_sql(delete_of(self), tuple(self.arrays(rows)))


def _by_column(rows: Rows, columns: Iterable[tuple[str, Any]]) -> list[list[Any]]:
    """The values of these columns, each made ready by what stands beside its name."""
    return [
        [row[name] for row in rows] if ready is None else [ready(row[name]) for row in rows] for name, ready in columns
    ]


@cache
def _values(rows: RowSet, then: str) -> str:
    marks = ", ".join("?" for _ in rows.names)
    return f'INSERT INTO "{rows.table.name}" ({rows.listed()}) VALUES ({marks}) {then}'


@cache
def _numbered(rows: RowSet) -> str:
    marks = ", ".join(f"${place}" for place, _ in enumerate(rows.names, 1))
    return f'INSERT INTO "{rows.table.name}" ({rows.listed()}) VALUES ({marks})'


@cache
def _equal(rows: RowSet) -> str:
    return f'DELETE FROM "{rows.table.name}" WHERE ' + " AND ".join(f'"{name}" = ?' for name in rows.names)


@dataclass(frozen=True)
class Statement:
    """A statement over several row sets, their arrays one after the other."""

    sets: tuple[RowSet, ...]
    text: str

    def run(self, conn: Connection, *rows: Rows) -> Any:
        """Execute with rows for each set, in the order of `sets`."""
        given: list[Any] = []
        for row_set, some in zip(self.sets, rows, strict=True):
            given.extend(row_set.arrays(some))
        return conn.exec_driver_sql(self.text, tuple(given))


def offsets(sets: Iterable[RowSet]) -> list[int]:
    """The number of each set's first parameter, when their arrays follow one another."""
    found, place = [], 1
    for row_set in sets:
        found.append(place)
        place += len(row_set.names)
    return found


@cache
def insert_of(rows: RowSet, first: int = 1, then: str = "") -> str:
    """INSERT of the rows in the order given. `then` is what follows: ON CONFLICT, RETURNING."""
    source = f"SELECT {rows.listed()} FROM {rows.source(first)} ORDER BY ord"
    return f'INSERT INTO "{rows.table.name}" ({rows.listed()}) {source} {then}'


@cache
def delete_of(rows: RowSet, first: int = 1) -> str:
    """DELETE of the rows that equal one of those given."""
    equal = " AND ".join(f'gone."{name}" = given."{name}"' for name in rows.names)
    return f'DELETE FROM "{rows.table.name}" AS gone USING {rows.source(first)} WHERE {equal}'
