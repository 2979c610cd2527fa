"""Which master key is in force, and the secrets of services: kept beside the wrapped keys, read once at start.

A secret is what refs and digests are derived with. It is wrapped like a key, so that another master key changes none of
them. Its first value is what it was before it was kept: derived from the first master key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, exists, inspect, select

from shared.contracts.catalogue import PRODUCERS
from shared.errors import Unavailable
from shared.sealing.keyfile import KEY_BYTES, WrongKeys, key_id
from shared.sealing.keytable import IN_FORCE, KEYS, SECRETS, TRIAL, create_tables, key_bound, secret_bound
from shared.sealing.ring import Ring
from shared.storage import add_if_new

POSITIONS = "positions"
"""The secret of marks in positions: every service holds it, since each reads what another wrote."""
SIGNING = "audit/"
"""Before the name of a service: what it signs its audit's checkpoints with. Nobody may compute it, so it is drawn."""
NAMES = (*PRODUCERS, POSITIONS, *(f"{SIGNING}{name}" for name in PRODUCERS))
LOOKED_AT = 20

Secrets = Mapping[str, bytes]


def take_up(connection: Connection, ring: Ring) -> Secrets:
    """Make the tables, the note of the master key and the secrets where they are missing; the secrets.

    Keys from before the note was kept must open under our master key first. Raises WrongKeys.
    """
    create_tables(connection)
    first = _noted(connection) is None
    if first:
        _refuse_unopened(connection, ring)
        row = {"only": 1, "current": key_id(ring.first), "next": None}
        connection.execute(add_if_new(IN_FORCE, connection.dialect.name), [row])
    wrapping = _refuse_others(connection, ring)
    there = set(connection.execute(select(SECRETS.c.name)).scalars())
    rows = [
        {"name": name, "wrapped": ring.wrap(wrapping, _first_value(ring, name, known=first), secret_bound(name))}
        for name in NAMES
        if name not in there
    ]
    if rows:
        connection.execute(add_if_new(SECRETS, connection.dialect.name), rows)
    return _opened(connection, ring)


def secrets_of(connection: Connection, ring: Ring) -> Secrets:
    """The secrets, for a process that makes none. Raises WrongKeys where they are missing or do not open."""
    if not taken_up(connection):
        raise WrongKeys(
            "the store of keys is new or from before: run `homeward migrate` first, or put the right one back"
        )
    _refuse_others(connection, ring)
    return _opened(connection, ring)


def check_value(secret: bytes) -> int:
    """What a store notes of its service's secret, to know its keys again: 63 bits of a digest."""
    return int.from_bytes(hmac.new(secret, b"key-check", hashlib.sha256).digest()[:8]) >> 1


def other_keys(service: str) -> WrongKeys:
    """The refusal of a store whose note another secret made."""
    return WrongKeys(f"the store of keys (keys.db) is not the one that the store of {service} was sealed with")


def taken_up(connection: Connection) -> bool:
    """Whether these keys have been in use since notes are kept."""
    return inspect(connection).has_table(IN_FORCE.name) and _noted(connection) is not None


def any_keys(connection: Connection) -> bool:
    """Whether anything is wrapped here."""
    if not inspect(connection).has_table(KEYS.name):
        return False
    return taken_up(connection) or connection.execute(select(KEYS.c.subject).limit(1)).first() is not None


def keyed(connection: Connection, services: Sequence[str]) -> frozenset[str]:
    """Those of these services that have keys which are past their probation, so that something was sealed with them."""
    if not inspect(connection).has_table(KEYS.name):
        return frozenset()
    tried = exists().where(TRIAL.c.service == KEYS.c.service, TRIAL.c.subject == KEYS.c.subject)
    query = select(KEYS.c.subject).where(KEYS.c.service == bindparam("service"), ~tried).limit(1)
    return frozenset(name for name in services if connection.execute(query, {"service": name}).first())


def _noted(connection: Connection) -> tuple[str, str | None] | None:
    row = connection.execute(select(IN_FORCE.c.current, IN_FORCE.c.next)).first()
    return None if row is None else (row.current, row.next)


def _refuse_others(connection: Connection, ring: Ring) -> str:
    """The id of the key that wraps now. Raises WrongKeys unless the master keys in force are on our ring."""
    noted = _noted(connection)
    assert noted is not None
    current, coming = noted
    if not ring.holds(current):
        raise WrongKeys(
            f"{ring.path} is another key: the one wanted has the id {current}, this one {key_id(ring.first)}"
        )
    if coming and not ring.holds(coming):
        raise WrongKeys(f"a rotation is not finished: {ring.path}.next with the key of id {coming} is wanted as well")
    return coming or current


def _refuse_unopened(connection: Connection, ring: Ring) -> None:
    for row in connection.execute(select(KEYS).order_by(KEYS.c.service, KEYS.c.subject).limit(LOOKED_AT)):
        if ring.opened(row.wrapped, key_bound(row.service, row.subject)) is None:
            raise WrongKeys(f"{ring.path} does not open the keys that are there: put back the key file they are from")


def _first_value(ring: Ring, name: str, *, known: bool) -> bytes:
    """What a service derived before secrets were kept; drawn for a name that came later."""
    if not known or name.startswith(SIGNING):
        return secrets.token_bytes(KEY_BYTES)
    return hmac.new(ring.first, f"service-secret:{name}".encode(), hashlib.sha256).digest()


def _opened(connection: Connection, ring: Ring) -> Secrets:
    try:
        return {
            row.name: ring.unwrap(row.wrapped, secret_bound(row.name)) for row in connection.execute(select(SECRETS))
        }
    except Unavailable:
        raise WrongKeys(f"{ring.path} does not open the secrets that are kept beside the keys") from None
