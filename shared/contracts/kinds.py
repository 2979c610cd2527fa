"""The kind of value that an event's field carries, in words; refuses every field that could hold free text.

The generated page of events and the test that keeps names out of events use the same walk. What is not known to be
harmless is refused, even a mark on a type, since a serialiser or a validator could put anything in its place.
"""

import types
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from sqlmodel.main import FieldInfoMetadata

from shared.codes import CodeOf
from shared.contracts.leaves import MOST, Month
from shared.ids import Ref
from shared.model import Event, FieldClass

PATTERNS = {get_args(kind)[1].pattern: name for kind, name in ((Ref, "ref"), (Month, "month"))}
PLAIN = {bool: "yes or no", date: "day"}
MARKS = (CodeOf, StringConstraints, Ge, Le, FieldClass, FieldInfoMetadata)
"""What may stand beside a type: none of these changes a value."""


class FreeText(TypeError):
    """A field that could carry anything: no event may have one."""


def fields(event: type[Event]) -> dict[str, str]:
    """Every field of an event with its kind, in the order they stand there."""
    if event.model_config.get("extra") != "forbid":
        raise FreeText(f"{event.__name__} is open: it would carry fields that nobody declared")
    if made := _made(event):
        raise FreeText(f"{event.__name__}.{made} makes values that nobody declared")
    return {name: _kind(info.annotation, info.metadata) for name, info in event.model_fields.items()}


def _made(event: type[Event]) -> str | None:
    """The first function of the model that computes, replaces or rewrites a value."""
    found = event.__pydantic_decorators__
    kinds = ("computed_fields", "field_serializers", "model_serializers", "field_validators", "model_validators")
    return next((name for kind in (*kinds, "validators", "root_validators") for name in getattr(found, kind)), None)


def _kind(annotation: Any, marks: Any = ()) -> str:
    if get_origin(annotation) is Annotated:
        bare, *inner = get_args(annotation)
        return _kind(bare, [*inner, *marks])
    marks = _flat(marks)
    if strange := next((mark for mark in marks if not isinstance(mark, MARKS)), None):
        raise FreeText(f"{strange!r} may change what an event says")
    if get_origin(annotation) in (Union, types.UnionType):
        return _optional(annotation)
    if get_origin(annotation) is tuple:
        return _many(annotation)
    if get_origin(annotation) is Literal:
        return _one_of(get_args(annotation))
    if isinstance(annotation, type):
        return _leaf(annotation, marks)
    raise FreeText(f"{annotation} may not stand in an event")


def _optional(annotation: object) -> str:
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    if len(kinds) != 1:
        raise FreeText(f"{annotation} is not one kind of value")
    return f"{_kind(kinds[0])}, or nothing"


def _many(annotation: object) -> str:
    item, *rest = get_args(annotation)
    if rest != [Ellipsis]:
        raise FreeText(f"{annotation} is not a list of one kind")
    return f"list of {_kind(item)}"


def _leaf(annotation: type, marks: list[Any]) -> str:
    if issubclass(annotation, StrEnum):
        return _one_of(member.value for member in annotation)
    if annotation in PLAIN:
        return PLAIN[annotation]
    if annotation is int:
        return _count(marks)
    if annotation is str:
        return _text(marks)
    raise FreeText(f"{annotation.__name__} may not stand in an event")


def _count(marks: list[Any]) -> str:
    """A number is a count of things. Without a bound it could be a telephone number."""
    if any(isinstance(mark, Ge) and mark.ge == 0 for mark in marks):
        for mark in marks:
            if isinstance(mark, Le) and isinstance(mark.le, int) and mark.le <= MOST:
                return "count"
    raise FreeText("a number without bounds may not stand in an event")


def _text(marks: list[Any]) -> str:
    """A string is a code of a registered list, a ref or a month; nothing else."""
    for mark in marks:
        if isinstance(mark, CodeOf):
            return f"code of `{mark.list}`"
        if isinstance(mark, StringConstraints) and mark.pattern in PATTERNS:
            return PATTERNS[mark.pattern]
    raise FreeText("a free text may not stand in an event")


def _flat(marks: Any) -> list[Any]:
    """Marks, with those that pydantic keeps inside a `Field(...)`."""
    found = [inner for mark in marks for inner in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    return [mark for mark in found if mark is not None]


def _one_of(values: Any) -> str:
    return " / ".join(f"`{value}`" for value in values)
