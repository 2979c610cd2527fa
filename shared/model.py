"""The frozen, validated base classes of states, commands, events and answers.

A state is written once, as a plain model in a thing's `state.py`. The table class of `tables.py` inherits it, and this
module tells SQLModel which column each kind of field becomes. Rows are never instantiated: `state_of` makes a state
from a row.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar, Union, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig
from sqlmodel.main import FieldInfoMetadata

from shared.clock import Moment
from shared.columns import Instant, Json, Text
from shared.errors import Refused
from shared.given import as_said
from shared.lengths import count_first
from shared.text import many_lines, one_line

T = TypeVar("T")
S = TypeVar("S", bound="Model")


class FieldClass(StrEnum):
    """How much a stored or returned field can hurt when it leaks."""

    WORK = "C0"
    QUASI = "C1"
    IDENTITY = "C2"
    NARRATIVE = "C3"
    LETHAL = "C4"
    CONTROL = "CX"


C0 = Annotated[T, FieldClass.WORK]
C1 = Annotated[T, FieldClass.QUASI]
C2 = Annotated[T, FieldClass.IDENTITY]
C3 = Annotated[T, FieldClass.NARRATIVE]
C4 = Annotated[T, FieldClass.LETHAL]
CX = Annotated[T, FieldClass.CONTROL]

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line)]
"""A name as somebody wrote it: one word is enough, any script, never trimmed."""

Narrative = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(many_lines)]
"""What somebody said or wrote, in their words. Always sealed, never in an event."""


def _bare(annotation: object) -> Any:
    """The annotation without None and without marks: what the column has to hold."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return _bare(kinds[0]) if len(kinds) == 1 else tuple
    return annotation


def _column_type(annotation: object) -> Any:
    bare = _bare(annotation)
    if get_origin(bare) is not None:
        return Json
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return Text
    if isinstance(bare, type) and issubclass(bare, datetime):
        return Instant
    if isinstance(bare, type) and issubclass(bare, (SQLModel, tuple, dict)):
        return Json
    return None


class Model(SQLModel):
    """Frozen and closed: an unknown field is an error, a changed state is a new state."""

    model_config = SQLModelConfig(frozen=True, extra="forbid")
    field_class: ClassVar[FieldClass] = FieldClass.WORK

    if not TYPE_CHECKING:
        # SQLModel's own serve instances that are rows. No row is ever made here, and Pydantic's take half the time.
        __init__ = BaseModel.__init__

        @classmethod
        def model_validate(cls, obj: object, **how: object) -> Any:
            return cls.__pydantic_validator__.validate_python(obj, **how)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        # The class may only be referred to: what is referred to is changed where it stands.
        count_first(handler.resolve_ref_schema(schema))
        return schema

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for info in cls.model_fields.values():
            column = _column_type(info.annotation)
            if column is not None and not any(isinstance(m, FieldInfoMetadata) for m in info.metadata):
                info.metadata.append(FieldInfoMetadata(sa_type=column))

    def but(self: S, **changes: object) -> S:
        """The same thing with some fields changed, validated again."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(kept | changes)


class Given(Model):
    """What somebody outside fills in: a command, and what is nested in one. No value is guessed from another kind."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        # The class is only referred to: what is referred to is changed where it stands.
        model = cast(dict[str, Any], handler.resolve_ref_schema(schema))
        model.update(as_said(model))
        return schema


class Command(Given):
    """What a caller asks for. `effective_at` is when it happened there, never later than now."""

    effective_at: Moment | None = None


def left_out(*, most: int | None = None) -> Any:
    """The default of what a correction may leave out. Where the state's field may be empty its type has `| None`.

    `most` is how many items a list may have.
    """
    return Field(default_factory=lambda: None, max_length=most)


class Correction(Command):
    """What is otherwise than recorded. What is left out stays; null empties a field that may be empty.

    Fields that must be given (which member, why) only say what the correction is about.
    """

    def changes(self) -> dict[str, Any]:
        """What is said to be otherwise, by field. Empty: nothing was said, so nothing changes."""
        fields = type(self).model_fields
        said = (name for name in fields if name in self.model_fields_set and name not in Command.model_fields)
        return {name: getattr(self, name) for name in said if not fields[name].is_required()}

    def applied_to(self, state: S) -> S:
        """The state with what was said of it; what is kept sealed beside the state is not in it."""
        known = type(state).model_fields
        return state.but(**{name: value for name, value in self.changes().items() if name in known})


Version = type["Event"]


class Event(Model):
    """A fact that may be published. Only refs, codes, enums, booleans, days, months, counts and money bands."""

    # Built when first told or heard: a process knows the events of all four services and meets a part of them. Not so
    # for what is nested in others: built as a part, it could not be written to JSON by itself.
    model_config = SQLModelConfig(defer_build=True)

    type: ClassVar[str]
    stream: ClassVar[str] = "case"
    becomes: ClassVar[Version | None] = None
    """Set on a version that nobody tells any more: the version after it, as which it is read for ever."""

    def upcast(self) -> "Event":
        """This event as the version after it. Pure, and on the same stream."""
        raise NotImplementedError


@dataclass(frozen=True)
class Decided(Generic[S]):
    """The outcome of a rule: the new state and the events to publish. No events: a no-op.

    Unless it is the service's own matter: then the new state is stored and nobody is told.
    """

    state: S
    events: tuple[Event, ...] = ()
    own_matter: bool = False


@dataclass(frozen=True)
class StatusTable:
    """Which commands a status allows. One table for the rules, the API's `next` and the diagrams."""

    thing: str
    opening: frozenset[type[Command]]
    allowed: Mapping[Any, frozenset[type[Command]]] = field(default_factory=dict)
    inner: frozenset[type[Command]] = frozenset()
    """Commands that only the service itself gives: on a fact it heard, a deadline, or for another of its things."""
    withheld: Mapping[type[Command], Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)
    """Commands that the rules refuse because of what stands in the thing's own row, whatever the command says."""

    def check(self, status: object, command: Command) -> None:
        """Refuse a command that the status does not allow. A missing thing (None) only takes opening commands."""
        hears = self.opening if status is None else self.allowed[status]
        if type(command) not in hears:
            raise Refused("not_allowed_in_status", status=None if status is None else str(status))

    def next(self, status: object) -> tuple[str, ...]:
        """Names of the commands that a client may give now, sorted."""
        return self._following.get(status, ())

    def next_of(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The same of one thing, without those that are refused because of what stands in its row."""
        names = self.next(row.get("status"))
        refused = {
            command.__name__ for command, refuses in self.withheld.items() if command.__name__ in names and refuses(row)
        }
        return tuple(name for name in names if name not in refused) if refused else names

    @cached_property
    def _following(self) -> Mapping[Any, tuple[str, ...]]:
        given = {status: commands - self.inner for status, commands in self.allowed.items()}
        return {status: tuple(sorted(one.__name__ for one in commands)) for status, commands in given.items()}
