"""Many rows in one statement on PostgreSQL: each column travels as one array, whatever their number.

The surprise: the statement's text never depends on how many rows there are, so it is prepared once per connection. It
goes past SQLAlchemy's compiler, which would spend more on five hundred rows than the database does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql

DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]


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

    def arrays(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """The values of these rows, column by column, as the driver takes them."""
        return [
            [row[name] for row in rows] if ready is None else [ready(row[name]) for row in rows]
            for name, ready in zip(self.names, self._ready, strict=True)
        ]


@dataclass(frozen=True)
class Statement:
    """A statement over several row sets, their arrays one after the other."""

    sets: tuple[RowSet, ...]
    text: str

    def run(self, conn: Connection, *rows: Sequence[Mapping[str, Any]]) -> Any:
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


def insert_of(rows: RowSet, first: int = 1, then: str = "") -> str:
    """INSERT of the rows in the order given. `then` is what follows: ON CONFLICT, RETURNING."""
    source = f"SELECT {rows.listed()} FROM {rows.source(first)} ORDER BY ord"
    return f'INSERT INTO "{rows.table.name}" ({rows.listed()}) {source} {then}'


def delete_of(rows: RowSet, first: int = 1) -> str:
    """DELETE of the rows that equal one of those given."""
    equal = " AND ".join(f'gone."{name}" = given."{name}"' for name in rows.names)
    return f'DELETE FROM "{rows.table.name}" AS gone USING {rows.source(first)} WHERE {equal}'
