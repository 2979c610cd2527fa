"""A new master key for wrapped keys and secrets, portion by portion, while everything runs.

Either of all services that share one, or of one service, which has its own from then on. From the note that a next key
is coming on, all new keys are wrapped under it. Then what is still wrapped under the old one is wrapped anew; a row
that was changed or taken away meanwhile is left as it is. Killed anywhere, it goes on when it is asked again: what is
done already opens under the next key and is passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Table, delete, insert, update

from shared.contracts.catalogue import PRODUCERS
from shared.failpoints import failpoint
from shared.sealing import in_force
from shared.sealing.in_force import POSITIONS, InForce
from shared.sealing.keyfile import WrongKeys
from shared.sealing.keystore import WrappedKeyStore, called
from shared.sealing.keytable import IN_FORCE, OWN, SECRETS
from shared.sealing.portions import Wrapped, portions
from shared.sealing.wrapping import Wrapping
from shared.storage import HowFar


@dataclass(frozen=True)
class Rotated:
    """From which master key to which; how much was wrapped anew this time, and how much opens under neither."""

    was: str
    now: str
    wrapped: int
    unopened: int


async def rotate(store: WrappedKeyStore, progress: HowFar, service: str | None = None) -> Rotated:
    """Go over to the next master key, of one service or of all that share one. May be repeated.

    Raises NoKeys where there is no next one.
    """
    services = await _whose(store, service)
    wrapping = store.masters.of(services[0])
    if service and any(store.masters.of(name) is wrapping for name in store.masters.services if name != service):
        raise WrongKeys(f"{wrapping.where} is the master key of other services too: {service} needs a file of its own")
    now = wrapping.coming()
    was = await _announce(store, wrapping, now, service)
    failpoint("keys.announced")
    wrapped = unopened = 0
    names = in_force.secrets_under(services, shared_too=service is None)
    async for table, rows in portions(store.database, progress, services, names):
        given = [(row.content, row.bound) for row in rows]
        found = await called(wrapping, partial(wrapping.rewrap, now, given))
        unopened += found.count(None)
        anew = [(row, one) for row, one in zip(rows, found, strict=True) if one and one != row.content]
        wrapped += await store.database.write(partial(_replaced, table=table, anew=anew))
        failpoint("keys.portion")
    await store.database.write(partial(_in_force, now=now, service=service))
    failpoint("keys.in_force")
    wrapping.finish(now)
    return Rotated(was, now, wrapped, unopened)


async def having_own(store: WrappedKeyStore) -> tuple[str, ...]:
    """The services that have a master key of their own, or are going over to one."""
    return tuple(await store.database.read(in_force.having_own))


async def _whose(store: WrappedKeyStore, service: str | None) -> Sequence[str]:
    if service is not None:
        return (service,)
    own = await having_own(store)
    if len(own) == len(PRODUCERS):
        raise WrongKeys("each service has a master key of its own: name one by --service")
    return [name for name in PRODUCERS if name not in own]


async def _announce(store: WrappedKeyStore, wrapping: Wrapping, now: str, service: str | None) -> str:
    """Note the next master key; which was in force until now."""
    position = None
    if service is not None:
        name = in_force.own_positions(service)
        secret = partial(in_force.wrapped_secret, wrapping, now, name, store.secret(POSITIONS))
        position = await called(wrapping, secret)
    return await store.database.write(
        partial(_announced, wrapping=wrapping, now=now, service=service, position=position)
    )


def _announced(
    connection: Connection, wrapping: Wrapping, now: str, service: str | None, position: dict[str, object] | None
) -> str:
    if service is None:
        before = in_force.shared(connection)
    else:
        in_force.lock_shared(connection)
        before = in_force.of(connection, service)
    assert before is not None
    if before.next not in (None, now):
        raise WrongKeys(
            f"another rotation is not finished: {wrapping.where}.next must hold the key of id {before.next}"
        )
    if not (wrapping.holds(before.current) and wrapping.holds(now)):
        raise WrongKeys(f"{wrapping.where} must hold the key of id {before.current}")
    if before.current != now:
        _note(connection, service, before, now, position)
    return before.current


def _note(
    connection: Connection, service: str | None, before: InForce, now: str, position: dict[str, object] | None
) -> None:
    if service is None:
        connection.execute(update(IN_FORCE).values(next=now))
    elif before.own:
        connection.execute(update(OWN).where(OWN.c.service == service).values(next=now))
    else:
        assert position is not None
        connection.execute(insert(OWN).values(service=service, current=before.current, next=now))
        connection.execute(delete(SECRETS).where(SECRETS.c.name == position["name"]))
        connection.execute(insert(SECRETS).values(**position))


def _in_force(connection: Connection, now: str, service: str | None) -> None:
    table = IN_FORCE if service is None else OWN
    change = update(table).where(table.c.next == now).values(current=now, next=None)
    connection.execute(change if service is None else change.where(OWN.c.service == service))
    in_force.end_shared(connection)


def _replaced(connection: Connection, table: Table, anew: list[tuple[Wrapped, bytes]]) -> int:
    """How many rows took what was wrapped anew. One that is another by now, or gone, is left alone."""
    changed = 0
    for row, content in anew:
        same = [column == value for column, value in zip(table.primary_key, row.place, strict=True)]
        change = update(table).where(*same, table.c.wrapped == row.content).values(wrapped=content)
        changed += connection.execute(change).rowcount
    return changed


def owned(connection: Connection) -> bool:
    """Whether any service has a master key of its own."""
    return bool(in_force.having_own(connection))


def noted_now(connection: Connection) -> dict[str, str]:
    """The id of the master key in force, for each service."""
    own, shared = in_force.having_own(connection), in_force.shared(connection)
    return {name: found.current for name in PRODUCERS if (found := own.get(name, shared))}
