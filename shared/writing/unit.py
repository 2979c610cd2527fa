"""The unit of work: the only place where a change, its events and everything beside them become one transaction.

begin -> handler: authorise -> `lock` (streams first; then idempotent replay, which may end the unit) -> load -> decide
-> `save` -> tail (versions, journal, pending, own view, to-dos, audit, idempotency) -> commit -> wake the relay.
A handler is a plain synchronous function; it never begins, commits or awaits.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Table, Update, bindparam, update

from shared.auth import Caller, Part, Role
from shared.auth.leaving import Leaving, home
from shared.clock import local_day
from shared.contracts.catalogue import subject_of
from shared.errors import Invalid, NotFound, Refused, Stale, VersionRequired
from shared.ids import derived_ref
from shared.model import Command, Decided, Event, Model
from shared.reading import Reading
from shared.runtime import Kept
from shared.sealing import Keys
from shared.storage.sets import RowSet
from shared.storage.tables import Row, TableClass, sealed_columns, sealed_place, table_of
from shared.writing import streams
from shared.writing.again import content_of
from shared.writing.asked import Asked, Moved, Replayed
from shared.writing.rechecking import ANSWER, recheck

S = TypeVar("S", bound=Model)
Private = Mapping[str, Model | None]


@dataclass
class Unit(Reading):
    """One write in progress. Handlers use it; `shared.writing.work` begins and ends it."""

    connection: Connection
    kept: Kept
    keys: Keys
    caller: Caller
    now: datetime
    asked: Asked
    command: Command | None = None
    moment: datetime | None = None
    versions: dict[str, int] = field(default_factory=dict)
    told: list[tuple[str, Event]] = field(default_factory=list)
    planted: list[tuple[str, str, datetime, str]] = field(default_factory=list)
    written: tuple[str, str, int, str | None] | None = None
    _loaded: dict[tuple[str, str], tuple[Model | None, int]] = field(default_factory=dict)
    noted: list[tuple[str, str | None]] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    _created_as: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _read_by_known: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    _relied: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    _leaving: dict[tuple[str, str], Leaving] = field(default_factory=dict)
    _recorded: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def looked_for_same(self) -> bool:
        """Whether the handler asked, of any ref, if it is known."""
        return bool(self._created_as)

    @property
    def effective(self) -> datetime:
        """When it happened there: what the client says, never later than now; a reaction's is that of its cause."""
        if self.moment is not None:
            return self.moment
        given = None if self.command is None else getattr(self.command, "effective_at", None)
        if given is not None and given > self.now:
            raise Invalid("in_the_future")
        return given or self.now

    @property
    def effective_day(self) -> date:
        """The day at the border on which it happened."""
        return local_day(self.effective)

    def derive(self, *parts: str) -> str:
        """The same ref for the same parts: a repeated reaction finds what it made."""
        return derived_ref(self.kept.secret, *parts)

    def lock(self, *subjects: str) -> None:
        """Lock the streams this unit will publish on, sorted, before any state is read. May end the unit (replay).

        A part that let the caller in may have ended while this waited, or they left; then the unit runs again.
        """
        self.versions = streams.lock(self.connection, self.kept.ledger, subjects)
        self.replay()

    def parts(self, caller: Caller, subject: str) -> tuple[Part, ...]:
        """The caller's parts in a subject. Those looked up before the lock are compared behind it, and hold then."""
        if self.versions and caller == self.caller and subject in self._relied:
            return self._relied[subject]
        found = super().parts(caller, subject)
        if caller == self.caller and not self.versions:
            self._relied[subject] = found
        return found

    def forget_parts(self) -> None:
        """What was written may have made or ended some: they are looked up again."""
        self._relied.clear()

    @property
    def answered(self) -> Row | None:
        """The clear columns of the thing that the caller gets an answer about, as it stands now."""
        if self.written is None:
            return None
        name, ref, _, _ = self.written
        state = self._loaded[(name, ref)][0]
        return {
            "ref": ref,
            "recorded_at": self._recorded.get((name, ref), self.now),
            **({} if state is None else {each: getattr(state, each) for each in type(state).model_fields}),
        }

    def replay(self) -> None:
        """End with the answer that this request had, if it was taken before: raises Replayed."""
        stored = self._rechecked()
        if stored is None:
            return
        if stored["digest"] != self.asked.digest:
            raise Invalid("idempotency_key_reused")
        raise Replayed(*(stored[name] for name in ANSWER))

    def _rechecked(self) -> Row | None:
        """The answer given before; raises Moved where parts that were relied on are others now, or the caller left."""
        if self.asked.key is None and not self._relied:
            return None
        about = {*self._relied, home(self.caller)} if self._relied else set[str]()
        rows, answered = recheck(self.connection, self.kept.ledger, self.caller, self.now, self.asked, about)
        if self._relied:
            before, now = dict(self._leaving), self.had(self.caller, rows)
            other = any({*now.get(subject, ())} != {*parts} for subject, parts in self._relied.items())
            self.restart_if(other or self._leaving != before)
        return answered

    def load(self, row_class: TableClass, state: type[S], ref: str, *, change: bool = True) -> tuple[S, int]:
        """The state and version of a thing, after the lock. The first thing loaded answers to If-Match."""
        found = self.find(row_class, state, ref)
        if found is None:
            raise NotFound()
        version = self._loaded[(table_of(row_class).name, ref)][1]
        if change and len(self._loaded) == 1:
            self._match(version)
        return found, version

    def found(self, row_class: TableClass, ref: str, state: Model | None, version: int) -> None:
        """Remember what was found, since `save` writes over exactly that."""
        self._loaded[(table_of(row_class).name, ref)] = (state, version)

    def known(
        self,
        row_class: TableClass,
        ref: str,
        command: BaseModel,
        *,
        under: str = "",
        continues: bool = False,
        seen: Callable[[Row], None] = lambda _row: None,
    ) -> bool:
        """Asked under the lock before a thing is created under a client's ref: was this very command taken before?

        True: nothing is to be done; `answer_about` the thing as it stands. Raises `ref_in_use` where the ref belongs
        to anything else. `under` is the thing that a line or an added fact belongs to. `continues` says that this
        command may also go on with a thing that another one made. `seen` refuses whoever may not read what is there.
        """
        table, row = table_of(row_class), super().row(row_class, ref)
        if row is not None:
            seen(row)
        self._read_by_known[(table.name, ref)] = row
        name, digest = content_of(self.kept.secret, command, under)
        taken: dict[str, str] = {} if row is None else row["created_as"] or {}
        self._created_as[(table.name, ref)] = {**taken, name: digest}
        if row is None or (continues and name not in taken):
            return False
        if taken.get(name) != digest:
            raise Refused("ref_in_use")
        return True

    def row(self, row_class: TableClass, ref: str) -> Row | None:
        """As for any reader; what `known` has just read under the lock is not read once more."""
        place = (table_of(row_class).name, ref)
        found = self._read_by_known.pop(place) if place in self._read_by_known else super().row(row_class, ref)
        if found is not None:
            self._recorded[place] = found["recorded_at"]
        return found

    def answer_about(self, row_class: TableClass, state: type[S], ref: str) -> None:
        """End as a no-op: the caller's answer is about the thing as it stands."""
        found, version = self.load(row_class, state, ref, change=False)
        self._answer(row_class, ref, version, found)

    def _match(self, version: int) -> None:
        if not self.asked.needs_match or self.caller.role is Role.SYSTEM:
            return
        if self.asked.if_match is None:
            raise VersionRequired()
        if self.asked.if_match != version:
            raise Stale()

    def save(self, row_class: TableClass, ref: str, decided: Decided[Any], private: Private | None = None) -> None:
        """Store what was decided. Without events nothing changes, unless it is the service's own matter.

        Elsewhere a changed state without an event is a bug.
        """
        name = table_of(row_class).name
        before, version = self._loaded.get((name, ref), (None, 0))
        if not (decided.events or decided.own_matter):
            if before is not None and before != decided.state:
                raise AssertionError(f"{name} changed its state without telling")
            self._answer(row_class, ref, version, decided.state)
            return
        self._write(row_class, ref, decided.state, version, private or {})
        self._loaded[(name, ref)] = (decided.state, version + 1)
        for event in decided.events:
            self.tell(event)

    def add(
        self,
        row_class: TableClass,
        ref: str,
        state: Model,
        events: Iterable[Event] = (),
        private: Private | None = None,
    ) -> None:
        """Add an append-only fact under a client's ref, after `known` said that the ref is new."""
        self._write(row_class, ref, state, 0, private or {}, answer=False)
        for event in events:
            self.tell(event)

    def _write(
        self, row_class: TableClass, ref: str, state: Model, version: int, private: Private, *, answer: bool = True
    ) -> None:
        table = table_of(row_class)
        values: dict[str, Any] = {name: getattr(state, name) for name in type(state).model_fields}
        values |= {"ref": ref, "version": version + 1, "updated_at": self.now}
        values |= self._sealed(table, ref, values, private)
        self._read_by_known.pop((table.name, ref), None)
        taken = self._created_as.get((table.name, ref))
        if taken is not None:
            values["created_as"] = taken
        if version == 0:
            values["recorded_at"] = self.now
            _rows(table, tuple(values)).insert_one(self.connection, values)
        else:
            self.connection.execute(_renewing(table), {**values, "of": ref})
        if answer:
            self._answer(row_class, ref, version + 1, state)

    def _sealed(self, table: Any, ref: str, values: Row, private: Private) -> dict[str, bytes | None]:
        columns = sealed_columns(table)
        return {
            name: None
            if value is None
            else self.keys.seal(value, subject=columns[name].subject(values), place=sealed_place(table, name, ref))
            for name, value in private.items()
        }

    def _answer(self, row_class: TableClass, ref: str, version: int, state: Model) -> None:
        """The first thing saved is what the caller gets an answer about, as it stands at the end."""
        name = table_of(row_class).name
        if version > 0 and (self.written is None or self.written[:2] == (name, ref)):
            status = getattr(state, "status", None)
            self.written = (name, ref, version, None if status is None else str(status))

    def tell(self, event: Event) -> None:
        """An event to publish with this change. Its stream must have been locked."""
        subject = subject_of(event)
        if subject not in self.versions:
            raise AssertionError(f"{event.type} tells of a stream that was not locked")
        if event.becomes is not None:
            raise AssertionError(f"{event.type} is told no more, only read")
        self.told.append((subject, event))

    def later(self, reaction: str, subject: str, due_at: datetime, data: Mapping[str, Any] | None = None) -> None:
        """Plant a deadline. One already past fires nothing: late recording does not invent alarms."""
        if due_at > self.now:
            self.planted.append((reaction, subject, due_at, json.dumps(data or {}, sort_keys=True)))

    def restart_if(self, moved: bool) -> None:
        """A link read before the lock has moved: the whole unit runs again."""
        if moved:
            raise Moved()


@cache
def _rows(table: Table, names: tuple[str, ...]) -> RowSet:
    return RowSet(table, names)


@cache
def _renewing(table: Table) -> Update:
    return update(table).where(table.c.ref == bindparam("of"))
