"""Ends the keys of subjects for ever. What they sealed opens nowhere any more, and none is made for them again.

Every process obtains keys for each unit and holds them no longer than `FRESH`, so a key that is gone here is gone
everywhere. Who obtained one a moment before may still seal with it: what that stores opens never.
"""

from collections.abc import Sequence
from weakref import WeakSet

from sqlalchemy import Connection, Engine, delete, func, inspect, select

from shared.sealing.keytable import ERASED, KEYS, TRIAL, create_tables, trying
from shared.storage import add_if_new, among

CHUNK = 200
_WITH_TABLE = WeakSet[Engine]()


def destroyed(connection: Connection, service: str, subjects: Sequence[str]) -> frozenset[str]:
    """Those of these subjects whose keys were destroyed."""
    if not subjects or not _has_table(connection):
        return frozenset()
    mine = among(ERASED.c.subject, "subjects", connection.dialect.name)
    query = select(ERASED.c.subject).where(ERASED.c.service == service, mine)
    chunks = (subjects[start : start + CHUNK] for start in range(0, len(subjects), CHUNK))
    return frozenset(one for chunk in chunks for one in connection.execute(query, {"subjects": chunk}).scalars())


def _has_table(connection: Connection) -> bool:
    """Keys of an older backup have no such table. One that is there stays."""
    if connection.engine not in _WITH_TABLE and inspect(connection).has_table(ERASED.name):
        _WITH_TABLE.add(connection.engine)
    return connection.engine in _WITH_TABLE


def end_for_ever(connection: Connection, service: str, subjects: list[str]) -> int:
    """Delete these keys and remember whose they were; how many there were, this time or an earlier one."""
    if not subjects:
        return 0
    create_tables(connection)  # keys of an older backup have no such table
    dialect, count = connection.dialect.name, 0
    for start in range(0, len(subjects), CHUNK):
        given = {"subjects": subjects[start : start + CHUNK]}
        # The trial first, as whoever makes a key does: nobody makes one beside this.
        connection.execute(trying(dialect), [{"service": service, "subject": one} for one in given["subjects"]])
        mine = (KEYS.c.service == service) & among(KEYS.c.subject, "subjects", dialect)
        there = set(connection.execute(select(KEYS.c.subject).where(mine), given).scalars())
        noted = [{"service": service, "subject": one, "keyed": one in there} for one in given["subjects"]]
        connection.execute(add_if_new(ERASED, dialect), noted)
        connection.execute(delete(KEYS).where(mine), given)
        tried = (TRIAL.c.service == service) & among(TRIAL.c.subject, "subjects", dialect)
        connection.execute(delete(TRIAL).where(tried), given)
        gone = (ERASED.c.service == service) & among(ERASED.c.subject, "subjects", dialect) & ERASED.c.keyed
        count += connection.execute(select(func.count()).select_from(ERASED).where(gone), given).scalar_one()
    return count
