"""Which master keys a start needs, and the secrets of services: kept beside the wrapped keys, read once at start.

A secret is what refs and digests are derived with. It is wrapped like a key, so that another master key changes none of
them. Its first value is what it was before it was kept: derived from the first master key. Where services have master
keys of their own, each has the secret of position marks wrapped under its own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, exists, inspect, select

from shared.contracts.catalogue import PRODUCERS
from shared.sealing import DoesNotOpen, in_force
from shared.sealing.in_force import NAMES, POSITIONS, SIGNING, InForce
from shared.sealing.keyfile import KEY_BYTES, WrongKeys
from shared.sealing.keytable import IN_FORCE, KEYS, OWN, SECRETS, TRIAL, create_tables, key_bound, secret_bound
from shared.sealing.ring import Ring
from shared.sealing.wrapping import KeyServiceRefuses, Masters, Wrapping, unwrapped
from shared.storage import add_if_new

LOOKED_AT = 20

Secrets = Mapping[str, bytes]


def take_up(connection: Connection, masters: Masters, *, own: bool = False) -> Secrets:
    """Make the tables, the notes of master keys and the secrets where they are missing; the secrets.

    New keys begin with a master key for each service where `own` says so. Keys from before notes were kept must open
    under our master key first. Raises WrongKeys.
    """
    create_tables(connection)
    first = not in_force.noted(connection)
    if first:
        _begin(connection, masters, own=own)
    _refuse_others(connection, masters)
    there = set(connection.execute(select(SECRETS.c.name)).scalars())
    if rows := _missing(connection, masters, there, derive=first):
        connection.execute(add_if_new(SECRETS, connection.dialect.name), rows)
    return _opened(connection, masters)


def secrets_of(connection: Connection, masters: Masters) -> Secrets:
    """The secrets, for a process that makes none. Raises WrongKeys where they are missing or do not open."""
    if not (taken_up(connection) and inspect(connection).has_table(OWN.name)):
        raise WrongKeys(
            "the store of keys is new or from before: run `homeward migrate` first, or put the right one back"
        )
    _refuse_others(connection, masters)
    return _opened(connection, masters)


def check_value(secret: bytes) -> int:
    """What a store notes of its service's secret, to know its keys again: 63 bits of a digest."""
    return int.from_bytes(hmac.new(secret, b"key-check", hashlib.sha256).digest()[:8]) >> 1


def other_keys(service: str) -> WrongKeys:
    """The refusal of a store whose note another secret made."""
    return WrongKeys(f"the store of keys (keys.db) is not the one that the store of {service} was sealed with")


def taken_up(connection: Connection) -> bool:
    """Whether these keys have been in use since notes are kept."""
    return in_force.noted(connection)


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


def _begin(connection: Connection, masters: Masters, *, own: bool) -> None:
    """Note the master keys of a store that has noted none yet."""
    dialect = connection.dialect.name
    if own:
        if connection.execute(select(KEYS.c.subject).limit(1)).first():
            raise WrongKeys("the store of keys is from before: begin with the one master key, and give others then")
        rows = [{"service": name, "current": masters.of(name).in_use, "next": None} for name in PRODUCERS]
        connection.execute(add_if_new(OWN, dialect), rows)
        return
    ring = masters.of(masters.services[0])
    query = select(KEYS).order_by(KEYS.c.service, KEYS.c.subject).limit(LOOKED_AT)
    found = [(row.wrapped, key_bound(row.service, row.subject)) for row in connection.execute(query)]
    if None in ring.opened(found):
        raise WrongKeys(f"{ring.where} does not open the keys that are there: put back the key file they are from")
    connection.execute(add_if_new(IN_FORCE, dialect), [{"only": 1, "current": ring.in_use, "next": None}])


def _refuse_others(connection: Connection, masters: Masters) -> None:
    """Raise WrongKeys unless the master keys in force are at hand for each service of this process."""
    own, shared = in_force.having_own(connection), in_force.shared(connection)
    _refuse_one_key_for_two(own)
    for service in masters.services:
        wanted = own.get(service, shared)
        assert wanted is not None
        _refuse_other(service, wanted, masters)


def _refuse_other(service: str, wanted: InForce, masters: Masters) -> None:
    held, whose = masters.of(service), f" of {service}" if wanted.own else ""
    if not held.holds(wanted.current):
        raise WrongKeys(
            f"{held.where} is another key: the one wanted{whose} has the id {wanted.current}, this one {held.in_use}"
        )
    if wanted.next and not held.holds(wanted.next):
        raise WrongKeys(
            f"a rotation is not finished: {held.where}.next with the key{whose} of id {wanted.next} is wanted as well"
        )


def _refuse_one_key_for_two(own: Mapping[str, InForce]) -> None:
    """Two services may hold the same key only while one of them is going over to another."""
    seen: dict[str, str] = {}
    for service, key in own.items():
        if key.next is None and (other := seen.setdefault(key.current, service)) != service:
            raise WrongKeys(f"{other} and {service} have one master key between them: each needs one of its own")


def _missing(connection: Connection, masters: Masters, there: set[str], *, derive: bool) -> list[dict[str, object]]:
    """The rows of secrets that are not there yet, of the services that are at hand."""
    own = in_force.having_own(connection)
    positions = secrets.token_bytes(KEY_BYTES)
    rows = []
    for name in (*NAMES, *(map(in_force.own_positions, own) if derive else ())):
        wrapping = in_force.holder(masters, name, tuple(own))
        if name in there or wrapping is None or (name == POSITIONS and len(own) == len(PRODUCERS)):
            continue
        wanted = own.get(in_force.owner(name) or "") or in_force.shared(connection)
        assert wanted is not None
        kept = positions if name.startswith(f"{POSITIONS}/") else _first_value(wrapping, name, derive=derive)
        rows.append(in_force.wrapped_secret(wrapping, wanted.wraps, name, kept))
    return rows


def _first_value(wrapping: Wrapping, name: str, *, derive: bool) -> bytes:
    """What a service derived before secrets were kept; drawn for a name that came later."""
    if not derive or name.startswith(SIGNING) or not isinstance(wrapping, Ring):
        return secrets.token_bytes(KEY_BYTES)
    return wrapping.derived(name)


def _opened(connection: Connection, masters: Masters) -> Secrets:
    own = tuple(in_force.having_own(connection))
    found: dict[str, bytes] = {}
    for row in connection.execute(select(SECRETS)).all():
        wrapping = in_force.holder(masters, row.name, own)
        if wrapping is None:
            continue
        try:
            value = unwrapped(wrapping, [(row.wrapped, secret_bound(row.name))])[0]
        except KeyServiceRefuses:
            raise WrongKeys(f"{wrapping.where} may not be used with the token or role that is given") from None
        except DoesNotOpen:
            raise WrongKeys(f"{wrapping.where} does not open the secrets that are kept beside the keys") from None
        found[POSITIONS if row.name.startswith(POSITIONS) else row.name] = value
    return found
