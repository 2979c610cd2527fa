"""The one door from rows to responses: a field leaves only to a caller who may see its class.

A query names what it answers once, as `Shown(...)`, and asks it for `one` or for a `page`. Every field of an answer
says its class (a field without one is an error when the module is loaded), and an answer that is made anywhere else is
refused: `Returned` can only be built in here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement

from shared.auth import BY_CASE, Belonging, Caller, Place, admit, authorise, decided, offered, predicate
from shared.classes import class_of, unclassed
from shared.errors import NotFound
from shared.ids import Ref
from shared.model import C0, FieldClass, Model, StatusTable
from shared.reading import Page, PageAsked, Reader
from shared.statuses import asking, operations_of
from shared.storage.tables import Row, TableClass, state_of, table_of

R = TypeVar("R", bound="Returned")
D = TypeVar("D", bound="Read")
_in_the_door: ContextVar[bool] = ContextVar("in_the_door", default=False)


class Returned(Model):
    """What leaves the product. Each field has a class; None stands where the caller may not see it."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if missing := unclassed(cls):
            raise TypeError(f"{cls.__qualname__} returns fields of no class: {', '.join(missing)}")

    def model_post_init(self, _context: object) -> None:
        if not _in_the_door.get():
            raise AssertionError(f"{type(self).__name__} was built past the door of shared.reading.answers")


class Read(Returned):
    """How the answer about a thing begins: ref, version (also the ETag), and what may be asked next."""

    ref: C0[Ref]
    version: C0[int]
    next: C0[tuple[str, ...]] = ()
    recorded_at: C0[datetime]
    updated_at: C0[datetime]


@contextmanager
def door() -> Iterator[None]:
    """Within it answers can be built. Only this module and tests of documents open it."""
    before = _in_the_door.set(True)
    try:
        yield
    finally:
        _in_the_door.reset(before)


def returned(reader: Reader, caller: Caller, model: type[R], subject: str, values: Mapping[str, object]) -> R:
    """An answer with those of the values that the caller may see of the subject; the others stay at their default.

    A value that is expensive or private to obtain is given as a function: it is called only when it may be seen.
    """
    return _answer(model, values, lambda mark: reader.can(caller, mark, subject))


def at_places(
    reader: Reader, caller: Caller, action: str, model: type[R], places: Sequence[Place], values: Mapping[str, object]
) -> R:
    """The same where whose the thing is stands in no row of it."""
    return _answer(model, values, decided(reader, caller, action, places).classes.__contains__)


def _answer(model: type[R], values: Mapping[str, object], may: Callable[[FieldClass], bool]) -> R:
    seen = {name: value() if callable(value) else value for name, value in values.items() if may(_class(model, name))}
    with door():
        return model.model_validate(seen)


def _class(model: type[Model], name: str) -> FieldClass:
    info = model.model_fields[name]
    found = class_of(info.annotation, info.metadata)
    assert found is not None
    return found


class Nowhere(dict[Any, Any]):
    """Stands for the row that is missing: whatever is asked of it, its ref."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self._ref = ref

    def __missing__(self, _column: Any) -> str:
        return self._ref


@dataclass(frozen=True)
class Shown(Generic[D]):
    """A thing as its readers see it: under which name of the policy, from which row and state, as which answer.

    `belonging` says whose it is. `more(reader, caller, row)` gives further values by field name, functions for what is
    expensive or private.
    """

    name: str
    answer: type[D]
    row: TableClass
    state: type[Model]
    statuses: StatusTable
    belonging: Belonging = BY_CASE
    more: Callable[[Reader, Caller, Row], Mapping[str, Any]] = lambda _reader, _caller, _row: {}

    def one(self, reader: Reader, caller: Caller, ref: str, action: str = "") -> Row:
        """The row of a thing that the caller may read, or do that action with. Raises NotFound for any other.

        What is missing is looked up as what is forbidden: nobody learns from the time which of the two it is.
        """
        row = reader.row(self.row, ref)
        places = self.belonging.places(reader, Nowhere(ref) if row is None else row)
        if self.belonging.by_parts:
            reader.look_up(caller, (at.subject for at in places if at.subject is not None))
        authorise(reader, caller, action or f"{self.name}.read", places)
        if row is None:
            raise NotFound()
        return row

    def classes(self, reader: Reader, caller: Caller, row: Row) -> frozenset[FieldClass]:
        """The classes of its fields that the caller may see."""
        return decided(reader, caller, f"{self.name}.read", self.belonging.places(reader, row)).classes

    def of(self, reader: Reader, caller: Caller, row: Row, **more: object) -> D:
        """One row as its answer."""
        return self._of(reader, caller, row, self.belonging.places(reader, row), more)

    def _of(self, reader: Reader, caller: Caller, row: Row, places: Sequence[Place], more: Mapping[str, object]) -> D:
        state = state_of(self.state, row)
        values = {name: getattr(state, name) for name in self.answer.model_fields if name in self.state.model_fields}
        about = {name: row[name] for name in ("ref", "version", "recorded_at", "updated_at")}
        may_follow = {"next": offered(reader, caller, self._following(reader, row), places)}
        further = self.more(reader, caller, row)
        seen = decided(reader, caller, f"{self.name}.read", places).classes
        return _answer(self.answer, {**values, **about, **may_follow, **further, **more}, seen.__contains__)

    def _following(self, reader: Reader, row: Row) -> Mapping[str, tuple[str, ...]]:
        """The operations that its row allows, with the actions they ask for."""
        return asking(reader.kept.actions, operations_of(self.statuses, row))

    def within(self, reader: Reader, caller: Caller, row: Row, model: type[R], values: Mapping[str, object]) -> R:
        """An answer inside that of a row, with what the caller may see of the row."""
        return _answer(model, values, self.classes(reader, caller, row).__contains__)

    def page(self, reader: Reader, caller: Caller, page: PageAsked, **filters: object) -> Page[D]:
        """A page of those rows that the caller may read by themselves, as answers."""
        admit(reader, caller, f"{self.name}.read")
        seen = visible(reader, caller, f"{self.name}.read", self.row, self.belonging)
        rows, cursor = reader.page(self.row, page, seen, **filters)
        whose = [self.belonging.places(reader, row) for row in rows]
        reader.look_up(caller, {at.subject for places in whose for at in places if at.subject is not None})
        items = (self._of(reader, caller, row, places, {}) for row, places in zip(rows, whose, strict=True))
        return Page(items=tuple(items), next_cursor=cursor)


def visible(
    reader: Reader, caller: Caller, action: str, row: TableClass, belonging: Belonging = BY_CASE
) -> ColumnElement[bool]:
    """The condition that the rows of a list meet which the caller may read by themselves."""
    parts, leaving = reader.kept.ledger.relation, reader.leaving(caller)
    return predicate(reader.policy, caller, action, belonging, table_of(row), parts, reader.now, leaving)
