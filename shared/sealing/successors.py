"""Each subject's next key, laid beside the one in use, and later the end of the one before it.

Both lie in one wrapped value, the next first, so that whoever obtains a subject's keys has both or one, never none.
"""

import secrets
from collections.abc import Callable, Collection
from functools import partial

from sqlalchemy import Connection, bindparam, func, select, update

from shared.failpoints import failpoint
from shared.sealing.keyfile import KEY_BYTES
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import KEYS, key_bound, wrapping
from shared.sealing.reached import grow
from shared.sealing.ring import Ring
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
        work = partial(_portion, ring=store.ring, service=service, change=change, after=after, counted=counted)
        looked, more, closed, after = await store.database.write(work)
        if not looked:
            return changed, shut
        done, changed, shut = done + looked, changed + more, shut + closed
        progress(min(done, total), total)
        failpoint(moment)


def _count(connection: Connection, service: str) -> int:
    return int(connection.execute(select(func.count()).select_from(KEYS).where(KEYS.c.service == service)).scalar_one())


def _portion(
    connection: Connection, ring: Ring, service: str, change: Change, after: str, *, counted: bool
) -> tuple[int, int, int, str]:
    """How many keys were looked at, changed, and did not open; and the last of them. Their rows are locked."""
    # First, as whoever makes a key: the master key stays the one in force until this is stored.
    master = connection.execute(wrapping(connection.dialect.name)).scalars().one()
    query = select(KEYS.c.subject, KEYS.c.wrapped).where(KEYS.c.service == service, KEYS.c.subject > after)
    rows = connection.execute(query.order_by(KEYS.c.subject).limit(PORTION).with_for_update()).all()
    found = [(row.subject, ring.opened(row.wrapped, key_bound(service, row.subject))) for row in rows]
    opened = [(subject, keys[1], change(subject, keys[1])) for subject, keys in found if keys]
    anew = [
        {"of": subject, "anew": ring.wrap(master, keys, key_bound(service, subject))}
        for subject, before, keys in opened
        if keys != before
    ]
    if anew:
        here = (KEYS.c.service == service) & (KEYS.c.subject == bindparam("of"))
        connection.execute(update(KEYS).where(here).values(wrapped=bindparam("anew")), anew)
        grow(connection, service, len(anew) if counted else 0)
    return len(rows), len(anew), len(found) - len(opened), rows[-1].subject if rows else ""
