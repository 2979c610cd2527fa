"""Which master key is in force: for all services together, or for one that has a key of its own.

A service with a row of its own is wrapped under that key; the others under the one they share. When the last service
has its own, the shared row is gone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, inspect, select, update

from shared.contracts.catalogue import PRODUCERS
from shared.sealing.keytable import IN_FORCE, OWN, SECRETS, secret_bound
from shared.sealing.wrapping import Masters, Wrapping

POSITIONS = "positions"
"""The secret of marks in positions: every service holds it, since each reads what another wrote."""
SIGNING = "audit/"
"""Before the name of a service: what it signs its audit's checkpoints with. Nobody may compute it, so it is drawn."""
NAMES = (*PRODUCERS, POSITIONS, *(f"{SIGNING}{name}" for name in PRODUCERS))


class InForce(NamedTuple):
    """The id of a master key; during a rotation that of the next; and whether one service alone has it."""

    current: str
    next: str | None
    own: bool

    @property
    def wraps(self) -> str:
        """The id of the key that new keys are wrapped under."""
        return self.next or self.current


def noted(connection: Connection) -> bool:
    """Whether any master key is noted, so that these keys have been in use since notes are kept."""
    tables = inspect(connection)
    return any(
        tables.has_table(table.name) and connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (IN_FORCE, OWN)
    )


def shared(connection: Connection) -> InForce | None:
    """That of all services without a key of their own; None where each has its own."""
    row = connection.execute(select(IN_FORCE.c.current, IN_FORCE.c.next)).first()
    return None if row is None else InForce(*row, own=False)


def of(connection: Connection, service: str, *, lock: bool = True) -> InForce | None:
    """That of a service. With `lock` it cannot change before this transaction has ended."""
    # The shared one first: whoever gives a service its own key locks that row before.
    query, mine = select(IN_FORCE.c.current, IN_FORCE.c.next), select(OWN.c.current, OWN.c.next)
    if lock and connection.dialect.name != "sqlite":
        query, mine = query.with_for_update(read=True), mine.with_for_update(read=True)
    row = connection.execute(query).first()
    own = connection.execute(mine.where(OWN.c.service == service)).first()
    if own is not None:
        return InForce(*own, own=True)
    return None if row is None else InForce(*row, own=False)


def having_own(connection: Connection) -> dict[str, InForce]:
    """The services that have a key of their own."""
    rows = connection.execute(select(OWN.c.service, OWN.c.current, OWN.c.next).order_by(OWN.c.service))
    return {name: InForce(current, coming, own=True) for name, current, coming in rows}


def lock_shared(connection: Connection) -> None:
    """Wait until nobody is making a key under the shared master key, and let nobody begin."""
    connection.execute(update(IN_FORCE).values(current=IN_FORCE.c.current))


def end_shared(connection: Connection, services: Sequence[str] = PRODUCERS) -> None:
    """Forget the shared master key where each service has its own and no move is under way."""
    own = having_own(connection)
    if all(name in own and own[name].next is None for name in services):
        connection.execute(delete(SECRETS).where(SECRETS.c.name == POSITIONS))
        connection.execute(delete(IN_FORCE))


def owner(secret: str) -> str | None:
    """The service whose master key wraps a secret; None for the one that all share."""
    return None if secret == POSITIONS else secret.rpartition("/")[2]


def own_positions(service: str) -> str:
    """What the secret of position marks is called where a service's own key wraps it."""
    return f"{POSITIONS}/{service}"


def secrets_under(services: Sequence[str], *, shared_too: bool) -> tuple[str, ...]:
    """The names of the secrets that the master keys of these services wrap."""
    mine = [name for service in services for name in (service, f"{SIGNING}{service}", own_positions(service))]
    return (*mine, *((POSITIONS,) if shared_too else ()))


def holder(masters: Masters, secret: str, own: Sequence[str]) -> Wrapping | None:
    """What opens a secret in this process; None where it is another service's."""
    service = owner(secret)
    if service is None:
        return masters.shared_by(name for name in PRODUCERS if name not in own)
    return masters.of(service) if service in masters else None


def wrapped_secret(wrapping: Wrapping, master: str, name: str, value: bytes) -> dict[str, object]:
    """The row of a secret."""
    return {"name": name, "wrapped": wrapping.wrap(master, [(value, secret_bound(name))])[0]}
