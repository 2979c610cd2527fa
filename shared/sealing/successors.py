"""Each subject's next key, laid beside the one in use, and later the end of the one before it.

Both lie in one wrapped value, the next first, so that whoever obtains a subject's keys has both or one, never none.
"""

import secrets
from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from shared.failpoints import failpoint
from shared.sealing import in_force
from shared.sealing.keyfile import KEY_BYTES
from shared.sealing.keystore import WrappedKeyStore, called
from shared.sealing.keytable import KEYS, key_bound
from shared.sealing.reached import grow
from shared.storage import HowFar

PORTION = 500
Change = Callable[[str, bytes], bytes]


async def lay_next(store: WrappedKeyStore, service: str, progress: HowFar) -> tuple[int, int]:
    """A next key for each subject that has none; how many, and how many keys did not open and are as they were."""

    def next_beside(_: str, keys: bytes) -> bytes:
        return keys if len(keys) > KEY_BYTES else secrets.token_bytes(KEY_BYTES) + keys

    return await _changed(store, service, next_beside, "keys.next_made", progress, counted=True)


async def end_old(store: WrappedKeyStore, service: str, but: Collection[str], progress: HowFar) -> int:
    """Leave each subject its next key alone, except those in `but`; how many keys were ended."""

    def next_alone(subject: str, keys: bytes) -> bytes:
        return keys if subject in but else keys[:KEY_BYTES]

    ended, _ = await _changed(store, service, next_alone, "keys.old_ended", progress, counted=False)
    return ended


async def _changed(
    store: WrappedKeyStore, service: str, change: Change, moment: str, progress: HowFar, *, counted: bool
) -> tuple[int, int]:
    total = await store.database.read(partial(_count, service=service))
    done, changed, shut, after = 0, 0, 0, ""
    while True:
        portion = await store.database.read(partial(_read, service=service, after=after))
        if not portion.rows:
            return changed, shut
        anew, closed = await _anew(store, service, portion, change)
        work = partial(_stored, service=service, master=portion.master, anew=anew, counted=counted)
        stored = await store.database.write(work)
        changed += stored
        if stored < len(anew):
            # Somebody wrapped or took away some of these meanwhile: the same portion once more.
            continue
        done, shut, after = done + len(portion.rows), shut + closed, portion.rows[-1][0]
        progress(min(done, total), total)
        failpoint(moment)


class Portion(NamedTuple):
    """Subjects with their wrapped keys, and the id of the master key in force when they were read."""

    master: str
    rows: list[tuple[str, bytes]]


class Anew(NamedTuple):
    """A subject's keys as they were wrapped, and the other ones that take their place."""

    subject: str
    before: bytes
    after: bytes


def _count(connection: Connection, service: str) -> int:
    return int(connection.execute(select(func.count()).select_from(KEYS).where(KEYS.c.service == service)).scalar_one())


def _read(connection: Connection, service: str, after: str) -> Portion:
    found = in_force.of(connection, service, lock=False)
    query = select(KEYS.c.subject, KEYS.c.wrapped).where(KEYS.c.service == service, KEYS.c.subject > after)
    rows = connection.execute(query.order_by(KEYS.c.subject).limit(PORTION))
    return Portion("" if found is None else found.wraps, [(row.subject, row.wrapped) for row in rows])


async def _anew(store: WrappedKeyStore, service: str, portion: Portion, change: Change) -> tuple[list[Anew], int]:
    """Those whose keys are to be others, and how many did not open."""
    wrapping = store.masters.of(service)
    bound = [(wrapped, key_bound(service, subject)) for subject, wrapped in portion.rows]
    found = await called(wrapping, partial(wrapping.opened, bound))
    opened = [(row, keys[1]) for row, keys in zip(portion.rows, found, strict=True) if keys]
    others = [(row, anew) for row, keys in opened if (anew := change(row[0], keys)) != keys]
    given = [(keys, key_bound(service, subject)) for (subject, _), keys in others]
    wrapped = await called(wrapping, partial(wrapping.wrap, portion.master, given)) if given else []
    return [Anew(*row, one) for (row, _), one in zip(others, wrapped, strict=True)], found.count(None)


def _stored(connection: Connection, service: str, master: str, anew: list[Anew], *, counted: bool) -> int:
    """How many took their place. None where another master key is in force by now."""
    # First, as whoever makes a key: the master key stays the one in force until this is stored.
    found = in_force.of(connection, service)
    if found is None or found.wraps != master:
        return 0
    stored = 0
    for one in anew:
        here = (KEYS.c.service == service) & (KEYS.c.subject == one.subject) & (KEYS.c.wrapped == one.before)
        stored += connection.execute(update(KEYS).where(here).values(wrapped=one.after)).rowcount
    grow(connection, service, stored if counted else 0)
    return stored
