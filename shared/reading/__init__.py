"""Reading inside a unit or a query: rows by ref, keyset pages, sealed columns, relations. Nothing here writes.

Handlers use it through their unit, queries through a `Reader`. Only clear columns can be filtered on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, literal, select, true, tuple_

from shared.auth import Caller, Part, Policy, Role, decided
from shared.auth.leaving import GONE, HERE, Leaving, home
from shared.clock import day_begins
from shared.errors import NotFound
from shared.ids import Ref
from shared.journey.views import facet_of
from shared.model import CX, FieldClass, Model
from shared.reading.cursors import Cursors
from shared.reading.parts import having, parts_in, parts_of, who, whose
from shared.runtime import Kept
from shared.sealing import Keys
from shared.storage.standing import put_back_at
from shared.storage.tables import Row, TableClass, sealed_columns, sealed_place, state_of, table_of

M = TypeVar("M", bound=Model)
I = TypeVar("I")  # noqa: E741

Several = Annotated[list[I] | None, Field(max_length=50)]
"""A filter that may be given more than once: one of these. `status: Several[Status] = None`."""


class Page(BaseModel, Generic[I]):
    """One page of a list, oldest first unless asked otherwise. `next_cursor` is absent on the last page.

    A plain model: SQLModel would forget what the items are, and their schema would be empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[I, ...]
    next_cursor: CX[str | None] = None


class LineReceipt(Model):
    """The answer to one line of many: stored, known already, or refused with a code.

    `position` is where it was written, for reads in other services. A handler gives the stream, the edge the rest.
    """

    ref: Ref
    status: CX[str]
    code: CX[str | None] = None
    position: CX[str | None] = None


@dataclass(frozen=True)
class PageAsked:
    """How much of a list, from where, and from which end."""

    limit: int = 50
    cursor: str | None = None
    newest: bool = False


@dataclass(frozen=True)
class Between:
    """The values of a filter from `low` on and before `high`. An end that is None is open."""

    low: Any = None
    high: Any = None


def within(day: date | None, month: str | None) -> Any:
    """The filter of a column of days by a day, by a month `YYYY-MM`, or by what lies in both."""
    if month is None:
        return day
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    if day is None:
        return Between(first, following)
    return day if first <= day < following else ()


def moments_within(day: date | None, month: str | None) -> Any:
    """The filter of a column of moments by a day or a month at the border, or by what lies in both."""
    match within(day, month):
        case Between(low, high):
            return Between(day_begins(low), day_begins(high))
        case date() as one:
            return Between(day_begins(one), day_begins(one + timedelta(days=1)))
        case neither:
            return neither


class Reading:
    """What units and readers share."""

    connection: Connection
    kept: Kept
    keys: Keys
    now: datetime
    noted: list[tuple[str, str | None]]
    opened: set[str]
    _leaving: dict[tuple[str, str], Leaving]

    @property
    def policy(self) -> Policy:
        """The policy of this service."""
        return self.kept.policy

    def peek(self, row_class: TableClass, ref: str) -> Row:
        """A row by ref. In a unit: before the lock, for refs and relations only, since refs never change."""
        row = self.row(row_class, ref)
        if row is None:
            raise NotFound()
        return row

    def row(self, row_class: TableClass, ref: str) -> Row | None:
        """A row by ref, or None where there is none."""
        return self.connection.execute(by_ref(table_of(row_class)), {"ref": ref}).mappings().first()

    def find(self, row_class: TableClass, state: type[M], ref: str) -> M | None:
        """The state of a thing, or None where there is none."""
        row = self.row(row_class, ref)
        found = None if row is None else state_of(state, row)
        self.found(row_class, ref, found, 0 if row is None else row["version"])
        return found

    def found(self, row_class: TableClass, ref: str, state: Model | None, version: int) -> None:
        """Called for every state that `find` answers: a unit remembers what it will write over."""

    def select(self, row_class: TableClass, **equals: object) -> Sequence[Row]:
        """Rows by equal columns, oldest first: for the few that belong to one thing. Only clear columns."""
        return self.connection.execute(by_equal(table_of(row_class), tuple(equals)), equals).mappings().all()

    def facet(self, subject: str, source: str, model: type[M]) -> M:
        """What this service knows about a subject from one source's events. Defaults where nothing was received."""
        return facet_of(self.connection, self.kept.ledger, subject, source, model)

    def open(self, row_class: TableClass, row: Row | str, column: str) -> Any:
        """The model inside a sealed column, or None where nothing was sealed."""
        table = table_of(row_class)
        found = self.peek(row_class, row) if isinstance(row, str) else row
        if found[column] is None:
            return None
        kind = sealed_columns(table)[column]
        self.opened.add(kind.field_class.value)
        place = sealed_place(table, column, found["ref"])
        return self.keys.open(kind.model, found[column], subject=kind.subject(found), place=place)

    def parts(self, caller: Caller, subject: str) -> tuple[Part, ...]:
        """The parts in a subject that are the caller's, by this service's own events or by those it received.

        The same statement says whether the caller left.
        """
        given = {"subject": subject, "home": home(caller), **who(caller), "now": self.now}
        found = self.connection.execute(parts_of(self.kept.ledger), given).all()
        return tuple(self.had(caller, found).get(subject, ()))

    def leaving(self, caller: Caller) -> Leaving:
        """Whether the caller left the organisation they act for: looked up once, mostly with parts of theirs."""
        if caller.role is Role.SYSTEM:
            return HERE
        if (one := (caller.staff_ref, caller.organisation_ref)) not in self._leaving:
            self.parts(caller, home(caller))
        return self._leaving[one]

    def had(self, caller: Caller, rows: Sequence[Any]) -> Mapping[str, list[Part]]:
        """Rows of the caller's parts, by what they are in; whether they left, which the same rows say, is noted."""
        gone = [row.until for row in rows if row.kind == GONE]
        away, back = None in gone, max((until for until in gone if until is not None), default=None)
        self._leaving[(caller.staff_ref, caller.organisation_ref)] = Leaving(away, back)
        found: dict[str, list[Part]] = {}
        for row in rows:
            if row.kind != GONE:
                part = Part(row.organisation_ref, row.staff_ref, row.kind, row.since)
                found.setdefault(row.subject, []).append(part)
        return found

    def having(self, caller: Caller, kind: str) -> Sequence[str]:
        """The subjects in which the caller has a part of this kind, by name."""
        given = {"kind": kind, **who(caller), "now": self.now}
        return self.connection.execute(having(self.kept.ledger), given).scalars().all()

    def whose(self, kind: str, subjects: Sequence[str]) -> Sequence[str]:
        """Everybody who has a part of this kind, of those that do not end by themselves, in one of these subjects."""
        query = whose(self.kept.ledger, self.connection.dialect.name)
        return self.connection.execute(query, {"kind": kind, "subjects": list(subjects)}).scalars().all()

    def put_back_at(self) -> datetime | None:
        """When this store last went on from an older copy: what it did before that may be forgotten here."""
        return put_back_at(self.connection, self.kept.ledger)

    def note(self, action: str, subject: str | None) -> None:
        """Remember for the audit what was asked, about whom."""
        self.noted.append((action, subject))


@dataclass
class Reader(Reading):
    """One query in progress, on a connection that cannot write."""

    connection: Connection
    kept: Kept
    keys: Keys
    caller: Caller
    now: datetime
    noted: list[tuple[str, str | None]] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    left_out: tuple[str, ...] = ()
    """What was asked for by name and is not in the answer: an entry of its own says so."""
    _parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    _opened: dict[tuple[str, str], frozenset[FieldClass]] = field(default_factory=dict)
    _leaving: dict[tuple[str, str], Leaving] = field(default_factory=dict)

    def parts(self, caller: Caller, subject: str) -> tuple[Part, ...]:
        """As for any reading; of one query's moment, so looked up once."""
        if subject not in self._parts:
            self._parts[subject] = super().parts(caller, subject)
        return self._parts[subject]

    def look_up(self, caller: Caller, subjects: Iterable[str]) -> None:
        """The caller's parts in all these at once, however many: asked for one by one, they are known then."""
        found = set(subjects) - self._parts.keys()
        asked = sorted({*found, home(caller)})
        query = parts_in(self.kept.ledger, self.connection.dialect.name)
        rows = self.connection.execute(query, {**who(caller), "now": self.now, "subjects": asked}).all()
        parts = self.had(caller, rows)
        self._parts |= {subject: tuple(parts.get(subject, ())) for subject in asked}

    def can(self, caller: Caller, field_class: Any, subject: str) -> bool:
        """Whether what was asked for opens values of a class about a subject. Takes `C2`, "C2" or the enum."""
        marks = getattr(field_class, "__metadata__", (field_class,))
        action = self.noted[-1][0]
        if (action, subject) not in self._opened:
            self._opened[(action, subject)] = decided(self, caller, action, subject).classes
        return FieldClass(marks[0]) in self._opened[(action, subject)]

    def page(
        self, row_class: TableClass, page: PageAsked, seen: ColumnElement[bool], **filters: object
    ) -> tuple[Sequence[Row], str | None]:
        """One keyset page of rows that may be `seen`, and the cursor of the next. Oldest first, unless asked otherwise.

        A filter is a value, several of which one must be met, or `Between`. Filters that are None are left out.
        """
        table = table_of(row_class)
        query = select(table).where(seen, *(_meets(table.c[name], v) for name, v in filters.items() if v is not None))
        mark = Cursors(self.kept.secret, table.name, {**filters, "newest": page.newest or None}, self.caller)
        place = table.c.recorded_at, table.c.ref
        if page.cursor is not None:
            at, ref = mark.read(page.cursor)
            # One comparison of rows: an OR of two would make SQLite walk the index from its beginning.
            here, there = tuple_(*place), tuple_(literal(at, place[0].type), literal(ref, place[1].type))
            query = query.where(here < there if page.newest else here > there)
        query = query.order_by(*(column.desc() if page.newest else column for column in place)).limit(page.limit + 1)
        rows = self.connection.execute(query).mappings().all()
        more = len(rows) > page.limit
        last = rows[page.limit - 1] if more else None
        return rows[: page.limit], None if last is None else mark.write(last["recorded_at"], last["ref"])


def _meets(column: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    """What a filter asks of a column. Of an empty list of values nothing is one."""
    if isinstance(value, Between):
        ends = [column >= value.low] if value.low is not None else []
        return and_(true(), *ends, *([column < value.high] if value.high is not None else []))
    if isinstance(value, (tuple, list)):
        return column.in_(value)
    found: ColumnElement[bool] = column == value
    return found


@cache
def by_ref(table: Table) -> Select[Any]:
    """A row of a table by its ref."""
    return select(table).where(table.c.ref == bindparam("ref"))


@cache
def by_equal(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """Rows of a table by equal columns, oldest first."""
    query = select(table).where(*(table.c[name] == bindparam(name) for name in names))
    return query.order_by(table.c.recorded_at, table.c.ref)
