"""What a store holds before anything opens it for work: a store that was lost must not be mistaken for a new one.

Each store has a note, its key check: by it a start knows that the store was here before, and that the keys are its own.
The note is a row among the store's counters, so that the version before this one still starts on the store.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, inspect, text

from shared.columns import Long
from shared.storage.once import there, with_connection
from shared.storage.revisions import revision

_NAMED = {"name": "key_check"}
_MADE, _MADE_AT = "keys_made", "keys_made_at"
_READ = text("SELECT value FROM counter WHERE name = :name").bindparams(bindparam("name"))
_WRITE = text("INSERT INTO counter (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING").bindparams(
    bindparam("value", type_=Long)
)

_RAISE = text(
    "INSERT INTO counter (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = "
    "CASE WHEN excluded.value > counter.value THEN excluded.value ELSE counter.value END"
).bindparams(bindparam("value", type_=Long))


class StoreMissing(Exception):
    """A store is missing or empty beside others that are not; the text says which and what to do."""


@dataclass(frozen=True)
class Presence:
    """What is there of one store."""

    revision: str | None = None
    facts: bool = False
    key_check: int | None = None
    keys_made: int | None = None

    @property
    def used(self) -> bool:
        """Whether anything was ever done with it."""
        return self.facts or self.key_check is not None


def presence(url: str) -> Presence:
    """What is there of a store. A file that is missing is not made."""
    return with_connection(url, _presence) if there(url) else Presence()


def _presence(connection: Connection) -> Presence:
    at = revision(connection)
    if at is None or not inspect(connection).has_table("counter"):
        return Presence(at)
    facts = connection.execute(text("SELECT 1 FROM stream LIMIT 1")).first() is not None
    return Presence(at, facts, read_key_check(connection), read_keys_made(connection)[0])


def read_key_check(connection: Connection) -> int | None:
    """The key check of a store; None before its first."""
    found: int | None = connection.execute(_READ, _NAMED).scalar_one_or_none()
    return found


def write_key_check(connection: Connection, value: int) -> None:
    """Note the key check, unless there is one."""
    connection.execute(_WRITE, {**_NAMED, "value": value})


def read_keys_made(connection: Connection) -> tuple[int | None, int | None]:
    """How far the keys of this store had come when that was noted last, and when that was; None before the first."""
    made, at = (connection.execute(_READ, {"name": name}).scalar_one_or_none() for name in (_MADE, _MADE_AT))
    return made, at


def note_keys_made(connection: Connection, made: int, at: int) -> None:
    """Note how far the keys of this store have come. It never goes back."""
    for name, value in ((_MADE, made), (_MADE_AT, at)):
        connection.execute(_RAISE, {"name": name, "value": value})


def forgo_keys(connection: Connection, made: int, at: int) -> None:
    """Note that these are all the keys that are left."""
    connection.execute(text("DELETE FROM counter WHERE name = :name"), [{"name": _MADE}, {"name": _MADE_AT}])
    note_keys_made(connection, made, at)


def refuse_missing(found: Mapping[str, Presence], new: Collection[str], keyed: Collection[str] = ()) -> None:
    """Raise StoreMissing for a store that is not there, or holds nothing, though it was in use.

    It was where another store was, or where there are keys of it (`keyed`).
    """
    others = [other for other in found.values() if other.facts]
    for name, store in found.items():
        if store.used or name in new:
            continue
        if name in keyed or any(store.revision is None or other.key_check is not None for other in others):
            raise StoreMissing(
                f"The store of {name} is missing or empty beside others that are not. Put it back or restore it; "
                f"`homeward migrate --new-store {name}` begins an empty one on purpose (see docs/runbooks/keys.md)."
            )
