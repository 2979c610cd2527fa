"""Goes through everything that is wrapped, a portion at a time, without holding anything up meanwhile."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, and_, func, or_, select

from shared.sealing.keytable import KEYS, SECRETS, key_bound, secret_bound
from shared.storage import Database, HowFar

PORTION = 500


@dataclass(frozen=True)
class Wrapped:
    """One wrapped key or secret: its row's key, what it is bound to, and its bytes."""

    place: tuple[str, ...]
    bound: str
    content: bytes


async def portions(
    database: Database, progress: HowFar, services: Sequence[str], names: Sequence[str]
) -> AsyncIterator[tuple[Table, list[Wrapped]]]:
    """The wrapped keys of these services, then the secrets of these names, each in the order of its table.

    `progress` is called after each portion.
    """
    parts = (KEYS, key_bound, KEYS.c.service.in_(services)), (SECRETS, secret_bound, SECRETS.c.name.in_(names))
    total = await database.read(lambda connection: sum(_count(connection, table, of) for table, _, of in parts))
    done = 0
    for table, bound, of in parts:
        after: tuple[str, ...] = ()
        while rows := await database.read(partial(_portion, table=table, bound=bound, of=of, after=after)):
            yield table, rows
            after, done = rows[-1].place, done + len(rows)
            progress(min(done, total), total)


def _count(connection: Connection, table: Table, of: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(of)).scalar_one())


def _portion(
    connection: Connection, table: Table, bound: Callable[..., str], of: ColumnElement[bool], after: tuple[str, ...]
) -> list[Wrapped]:
    columns = list(table.primary_key)
    query = select(table).where(of).order_by(*columns).limit(PORTION)
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
