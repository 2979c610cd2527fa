"""How far the keys of each service have come, so that an older copy of them is known, and an older copy of a store.

The store of keys counts a key when it is proven; the service's own store notes that count afterwards, never before. So
keys are too old where the store has noted more, and a store is where it has noted less than the keys demand.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, inspect, select, update

from shared.sealing import Reached
from shared.sealing.keyfile import WrongKeys
from shared.sealing.keytable import REACHED, growing


def reached(connection: Connection, service: str) -> Reached:
    """How far a service's keys have come; nothing yet where nothing was counted."""
    if not inspect(connection).has_table(REACHED.name):
        return Reached()
    query = select(REACHED.c.made, REACHED.c.least, REACHED.c.at).where(REACHED.c.service == service)
    row = connection.execute(query).first()
    return Reached() if row is None else Reached(*row)


def grow(connection: Connection, service: str, more: int) -> None:
    """Count more keys of a service."""
    if more:
        connection.execute(growing(connection.dialect.name), {"service": service, "more": more})


def demand(connection: Connection, service: str, least: int) -> None:
    """From now on a store of this service must have noted as much: what it sealed before does not open any more."""
    connection.execute(update(REACHED).where(REACHED.c.service == service).values(least=least))


def replacing(connection: Connection, service: str) -> bool:
    """Whether each key of a service has a next one beside it."""
    query = select(REACHED.c.replacing).where(REACHED.c.service == service)
    return bool(connection.execute(query).scalar())


def now_replacing(connection: Connection, service: str, *, on: bool) -> None:
    """Note that each key of a service has a next one beside it, or that none has any more."""
    connection.execute(update(REACHED).where(REACHED.c.service == service).values(replacing=on))


def refuse_older(service: str, keys: Reached, noted: int | None) -> None:
    """Raise WrongKeys where the keys are older than the store that noted this, or the store than the keys."""
    known = noted or 0
    if known > keys.made:
        raise WrongKeys(
            f"the store of keys (keys.db) is older than the store of {service}: it lacks {known - keys.made} keys "
            f"made after {_day(keys)}; put the newest one back, from the keys file of the last backup"
        )
    if known < keys.least:
        raise WrongKeys(
            f"the store of {service} is older than its keys: those that it was sealed with were replaced on "
            f"{_day(keys)} or before; put back the keys file that belongs to it"
        )


def _day(keys: Reached) -> str:
    return f"{datetime.fromtimestamp(keys.at, UTC):%Y-%m-%d}" if keys.at else "the first"
