"""Every model that somebody outside fills in, and a made-up value for every kind of field."""

import dataclasses
import importlib
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, MinLen
from fastapi import APIRouter
from pydantic.fields import FieldInfo

from shared.codes import CodeOf, lookup
from shared.model import Command, Given, Model
from tests.architecture.source import ROOT, SERVICES

DAY = date(2026, 11, 4)
PLAIN = {bool: True, date: DAY, datetime: datetime(2026, 11, 4, tzinfo=UTC), int: 1, str: "0" * 32}
EMPTY: dict[Any, Any] = {tuple: tuple, frozenset: frozenset, Mapping: dict}


def routers() -> Iterator[APIRouter]:
    """The router of every thing of the four services."""
    for service in SERVICES:
        for path in sorted((ROOT / "services" / service).glob("*/routes.py")):
            yield importlib.import_module(f"services.{service}.{path.parent.name}.routes").router


def commands() -> list[type[Command]]:
    """Every command there is."""
    list(routers())
    return sorted({kind for kind in _below(Command) if not kind.__module__.startswith("tests")}, key=str)


def below(model: type[Model]) -> Iterator[type[Model]]:
    """The model and whatever is nested in it."""
    yield model
    for info in model.model_fields.values():
        kind, _ = leaf(info.annotation)
        if isinstance(kind, type) and issubclass(kind, Model):
            yield from below(kind)


def leaf(annotation: Any) -> tuple[Any, bool]:
    """What a field holds without marks and None, and whether it holds many of it."""
    if get_origin(annotation) is Annotated:
        return leaf(get_args(annotation)[0])
    kinds = [kind for kind in get_args(annotation) if kind not in (type(None), Ellipsis)]
    if get_origin(annotation) in (Union, types.UnionType):
        return leaf(kinds[0])
    if get_origin(annotation) is tuple:
        return leaf(kinds[0])[0], True
    return annotation, False


def may_be_null(annotation: Any) -> bool:
    """Whether the field's type has None in it."""
    if get_origin(annotation) is Annotated:
        return may_be_null(get_args(annotation)[0])
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def made(annotation: Any, marks: Any = ()) -> Any:
    """Some value that the annotation allows."""
    if get_origin(annotation) is Annotated:
        bare, *inner = get_args(annotation)
        return made(bare, [*inner, *marks])
    if may_be_null(annotation):
        return None
    marks = [mark for found in marks for mark in (found.metadata if isinstance(found, FieldInfo) else [found])]
    if get_origin(annotation) in EMPTY:
        least = max((mark.min_length for mark in marks if isinstance(mark, MinLen)), default=0)
        return EMPTY[get_origin(annotation)](made(get_args(annotation)[0]) for _ in range(least))
    for mark in marks:
        if isinstance(mark, CodeOf):
            return next(iter(lookup(mark.list).codes))
        if isinstance(mark, Ge | Gt) and annotation is int:
            return int(getattr(mark, "ge", 0) or getattr(mark, "gt", 0)) + 1
        if getattr(mark, "pattern", "") in ("^[0-9]{2}$", "^[0-9]{2,8}$"):
            return "20"
    if issubclass(annotation, StrEnum):
        return next(iter(annotation))
    return made_of(annotation) if annotation not in PLAIN else PLAIN[annotation]


def made_of(kind: Any, **given: Any) -> Any:
    """A model or a dataclass, with made-up values where it has no defaults."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        make: Any = kind
        bare = (f for f in dataclasses.fields(kind) if f.default is f.default_factory is dataclasses.MISSING)
        return make(**{f.name: made(hints[f.name]) for f in bare} | given)
    needed = {name: info for name, info in kind.model_fields.items() if info.is_required()}
    return kind(**{name: made(info.annotation, info.metadata) for name, info in needed.items()} | given)


def given_models() -> list[type[Model]]:
    """Every command and every model nested in one."""
    return sorted({model for command in commands() for model in below(command)}, key=str)


def not_given() -> list[str]:
    """Nested models that would guess."""
    return [str(model) for model in given_models() if not issubclass(model, Given)]


def _below(model: type[Any]) -> Iterator[type[Any]]:
    for derived in model.__subclasses__():
        yield derived
        yield from _below(derived)
