"""Goes through everything that is wrapped, a portion at a time, without holding anything up meanwhile."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, and_, func, or_, select

from shared.sealing.keytable import KEYS, SECRETS, key_bound, secret_bound
from shared.storage import Database, HowFar

PORTION = 500


@dataclass(frozen=True)
class Wrapped:
    """One wrapped key or secret: its row's key, what it is bound to, and its bytes."""

    place: tuple[str, ...]
    bound: str
    content: bytes


async def portions(database: Database, progress: HowFar) -> AsyncIterator[tuple[Table, list[Wrapped]]]:
    """All wrapped keys, then all secrets, each in the order of its table. `progress` is called after each portion."""
    total = await database.read(lambda connection: _count(connection, KEYS) + _count(connection, SECRETS))
    done = 0
    for table, bound in ((KEYS, key_bound), (SECRETS, secret_bound)):
        after: tuple[str, ...] = ()
        while rows := await database.read(partial(_portion, table=table, bound=bound, after=after)):
            yield table, rows
            after, done = rows[-1].place, done + len(rows)
            progress(min(done, total), total)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _portion(connection: Connection, table: Table, bound: Callable[..., str], after: tuple[str, ...]) -> list[Wrapped]:
    columns = list(table.primary_key)
    query = select(table).order_by(*columns).limit(PORTION)
    rows = connection.execute(query.where(_behind(columns, after)) if after else query)
    return [_wrapped(row, columns, bound) for row in rows]


def _wrapped(row: Row[Any], columns: list[Column[Any]], bound: Callable[..., str]) -> Wrapped:
    place = tuple(row._mapping[column] for column in columns)
    return Wrapped(place, bound(*place), row.wrapped)


def _behind(columns: Sequence[Column[Any]], after: tuple[str, ...]) -> Any:
    first, *rest = columns
    if not rest:
        return first > after[0]
    return or_(first > after[0], and_(first == after[0], _behind(rest, after[1:])))
