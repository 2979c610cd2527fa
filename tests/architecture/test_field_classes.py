"""Every stored or returned field has a class: free text must say its own, work values are C0 by their kind."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, StringConstraints

import services
import shared
from shared.codes import CodeOf
from shared.contracts.leaves import Month
from shared.given import GivenMonth
from shared.model import C3, FieldClass, Model

HARMLESS = (bool, int, date, datetime, AwareDatetime)
REF = r"^[0-9a-f]{32}$"
MONTHS = [get_args(month)[1].pattern for month in (Month, GivenMonth)]


def _models() -> Iterator[type[Model]]:
    for package in (services, shared):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name and not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    pending = list(Model.__subclasses__())
    while pending:
        model = pending.pop()
        pending.extend(model.__subclasses__())
        if model.__module__.startswith(("services.", "shared.")) and not model.model_config.get("table"):
            yield model


def _classed(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:
    """Whether the annotation says its class, or is of a kind that can only hold work values."""
    if any(isinstance(mark, FieldClass) for mark in metadata):
        return True
    if any(isinstance(mark, CodeOf) for mark in metadata):
        return True
    if any(isinstance(mark, StringConstraints) and mark.pattern in (REF, *MONTHS) for mark in metadata):
        return True
    if any(getattr(mark, "pattern", None) in (REF, *MONTHS) for mark in metadata):
        return True
    return _harmless(annotation)


def _harmless(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _classed(inner, tuple(metadata))
    if origin in (Union, UnionType, tuple):
        return all(_harmless(part) for part in get_args(annotation) if part not in (type(None), Ellipsis))
    if isinstance(annotation, type):
        return issubclass(annotation, (*HARMLESS, StrEnum, Model))
    return type(annotation).__name__ == "TypeVar"


def unclassed(model: type[Model]) -> list[str]:
    """The fields of a model that hold text of no class."""
    return [name for name, info in model.model_fields.items() if not _classed(info.annotation, tuple(info.metadata))]


def test_every_field_has_a_class() -> None:
    found = {f"{model.__module__}.{model.__qualname__}": unclassed(model) for model in _models()}
    assert {name: fields for name, fields in found.items() if fields} == {}


@pytest.mark.parametrize(("kind", "classed"), [(str, False), (C3[str], True), (int, True), (dict[str, str], False)])
def test_free_text_without_a_class_is_noticed(kind: Any, classed: bool) -> None:
    model = type("Sample", (Model,), {"__annotations__": {"field": kind}, "__module__": "tests"})
    assert (unclassed(model) == []) is classed
