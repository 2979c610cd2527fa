"""The class of a model's fields, and which parts of a model are private: by class, never by name.

Use `private_fields` wherever a command or a state is written outside its sealed columns. A field that gets class C2 to
C4 later, at any depth, is then left out without a change here.
"""

from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from shared.model import FieldClass, Model

PRIVATE = frozenset({FieldClass.IDENTITY, FieldClass.NARRATIVE, FieldClass.LETHAL})

Fields = dict[str, Any]
"""Names of fields, each True for the whole of it or the private fields within; Pydantic's `exclude` takes it."""


@cache
def private_fields(model: type[Model]) -> Fields:
    """The private fields of a model. Do not change what is returned: it is kept."""
    found = {name: _within(info.annotation, info.metadata) for name, info in model.model_fields.items()}
    return {name: fields for name, fields in found.items() if fields}


def _within(annotation: object, marks: Iterable[object] = ()) -> Fields | bool:
    """What of a value so annotated is private: all of it, some fields, or nothing."""
    if any(isinstance(mark, FieldClass) and mark in PRIVATE for mark in marks):
        return True
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _within(parts[0], parts[1:])
    if origin in (Union, UnionType):
        return _joined(parts)
    if origin is not None:
        inner = _joined(parts)
        return {"__all__": inner} if isinstance(inner, dict) and inner else inner
    return private_fields(annotation) if isinstance(annotation, type) and issubclass(annotation, Model) else False


def _joined(parts: Iterable[object]) -> Fields | bool:
    """Of several kinds of value, whatever is private in one of them."""
    found = [fields for part in parts if (fields := _within(part))]
    if any(fields is True for fields in found):
        return True
    return {name: inner for fields in found if isinstance(fields, dict) for name, inner in fields.items()}


def class_of(annotation: object, metadata: Iterable[object] = ()) -> FieldClass | None:
    """The class of a field, from itself or from its type; None where there is none."""
    for mark in metadata:
        if isinstance(mark, FieldClass):
            return mark
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return class_of(inner, marks)
    if get_origin(annotation) in (Union, UnionType):
        found = {class_of(part) for part in get_args(annotation) if part is not type(None)}
        return found.pop() if len(found) == 1 else None
    return None


def unclassed(model: type[Model]) -> list[str]:
    """The fields of a model without a class. A model that is stored or returned must have none."""
    return [name for name, info in model.model_fields.items() if class_of(info.annotation, info.metadata) is None]
