"""No name, no text, no exact figure can travel in an event: shown by what types say, by schema, and by trying.

Three looks that share nothing: the walk over the models (which also writes docs/events.md), the schema of what pydantic
would write, and values put into every field of every version.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from enum import IntEnum
from types import ModuleType
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SkipValidation,
    StringConstraints,
    ValidationError,
    computed_field,
    create_model,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from shared.codes import CodeOf
from shared.columns import canonical
from shared.contracts.catalogue import EVERY
from shared.contracts.kinds import PATTERNS, FreeText, fields
from shared.contracts.leaves import MOST, Count, Country, Month
from shared.ids import CaseRef, Ref
from shared.model import C2, Event, Model, Name, Narrative
from shared.reference.kept import sample_path
from tests.support.evolution import KEPT

every_version = pytest.mark.parametrize("event", [pytest.param(event, id=name) for name, event in EVERY.items()])


@every_version
def test_each_field_is_of_a_known_kind(event: type[Event]) -> None:
    assert set(fields(event)) == set(event.model_fields)
    assert all(fields(event).values())


@every_version
def test_nothing_open_would_be_written(event: type[Event]) -> None:
    schema = event.model_json_schema(mode="serialization")
    assert list(open_parts(schema, schema.get("$defs", {}))) == []


def open_parts(part: dict[str, Any], named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Parts of a schema that do not say which values they hold."""
    match part:
        case {"$ref": name}:
            yield from open_parts(named[name.rpartition("/")[2]], named)
        case {"enum": _} | {"const": _} | {"type": "boolean" | "null"} | {"type": "string", "format": "date"}:
            return
        case {"type": "string", "pattern": pattern} if pattern in PATTERNS:
            return
        case {"type": "integer", "minimum": 0, "maximum": most} if most <= MOST:
            return
        case {"anyOf": [*choices]}:
            for choice in choices:
                yield from open_parts(choice, named)
        case {"type": "array", "items": items}:
            yield from open_parts(items, named)
        case {"type": "object", "properties": properties, "additionalProperties": False}:
            for inner in properties.values():
                yield from open_parts(inner, named)
        case _:
            yield part


SMUGGLED = ("Sok Chantha", "សុខ ចន្ថា", "Nguyễn Thị Lan", "+855 12 345 678", "sold by her aunt", "A" * 32, "0" * 33)
FIGURES = (85512345678, 1234.56, -1)


@every_version
def test_what_is_put_into_a_field_does_not_come_out(event: type[Event]) -> None:
    data = json.loads(sample_path(KEPT, event).read_text("utf-8"))["data"]
    for name in event.model_fields:
        for value in (*SMUGGLED, *FIGURES):
            for wrapped in (value, [value], {"text": value}):
                assert str(value) not in told({**data, name: wrapped}, event)
    assert SMUGGLED[0] not in told({**data, "note": SMUGGLED[0]}, event)


def told(data: dict[str, Any], event: type[Event]) -> str:
    """What would travel: nothing, when the model refuses."""
    try:
        return canonical(event.model_validate(data))
    except ValidationError:
        return ""


def loaded(*packages: str) -> None:
    """Every module of ours, so that every class of an event exists."""
    for package in packages:
        module: ModuleType = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            if not found.name.endswith("__main__") and ".migrations" not in found.name:
                importlib.import_module(found.name)


def descendants(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_there_is_no_event_beside_the_catalogue() -> None:
    loaded("shared", "services")
    ours = {kind for kind in descendants(Event) if kind.__module__.split(".")[0] in {"shared", "services"}}
    tellable = {kind for kind in ours if hasattr(kind, "type")}
    assert tellable == set(EVERY.values())


class Inner(BaseModel):
    anything: str


class Nested(Model):
    """Flat facts only: what a reader does not know must be easy to ignore."""

    case_ref: CaseRef


class Loose(Event):
    """Carries whatever it is given."""

    model_config = ConfigDict(extra="allow")  # type: ignore[assignment]


class Number(IntEnum):
    ONE = 1


def shout(value: Any) -> str:
    return "anything at all"


@pytest.mark.parametrize(
    "free",
    [
        str, Name, Narrative, C2[str], str | None, tuple[str, ...], list[Ref], dict[str, str], set[Ref], Any, float,
        int, bytes, object, complex, Inner, Nested, tuple[Nested, ...], Number, AwareDatetime, tuple[int, str],
        tuple[Ref, Ref], Count | Month, Ref | Country,
        Annotated[str, Field(max_length=3)],
        Annotated[str, StringConstraints(pattern="^.*$")],
        Annotated[str, Field(pattern="^[a-z]+$")],
        Annotated[int, Field(ge=-5, le=5)],
        Annotated[int, Field(ge=0)],
        Annotated[int, Field(ge=0, le=MOST + 1)],
        SkipValidation[Ref],
        Annotated[Ref, PlainSerializer(shout)],
        Annotated[bool, PlainSerializer(shout)],
        Annotated[Ref, BeforeValidator(shout)] | None,
        tuple[Annotated[Ref, PlainSerializer(shout)], ...],
        Annotated[Literal["A"], BeforeValidator(shout)],
    ],
)  # fmt: skip
def test_a_free_value_would_be_noticed(free: Any) -> None:
    bare = create_model("Bare", __base__=Event)
    assert fields(bare) == {}
    with pytest.raises(FreeText):
        fields(create_model("Invented", __base__=Event, value=(free, ...)))


@pytest.mark.parametrize(
    ("harmless", "kind"),
    [
        (Ref, "ref"), (Month | None, "month, or nothing"), (Count, "count"), (Count | None, "count, or nothing"),
        (tuple[Country, ...], "list of code of `country`"), (Literal["A", "B"], "`A` / `B`"), (bool, "yes or no"),
        (Annotated[str, CodeOf("service")], "code of `service`"),
    ],
)  # fmt: skip
def test_a_harmless_value_is_named(harmless: Any, kind: str) -> None:
    assert fields(create_model("Invented", __base__=Event, value=(harmless, ...))) == {"value": kind}


class Computed(Event):
    case_ref: CaseRef

    @computed_field  # type: ignore[prop-decorator]
    @property
    def remark(self) -> str:
        return "anything at all"


class Rewritten(Event):
    case_ref: CaseRef

    @field_serializer("case_ref")
    def remark(self, value: str) -> str:
        return "anything at all"


class Replaced(Event):
    case_ref: CaseRef

    @field_validator("case_ref")
    @classmethod
    def remark(cls, value: str) -> str:
        return "anything at all"


class Whole(Event):
    @model_serializer
    def remark(self) -> dict[str, str]:
        return {"remark": "anything at all"}


class Checked(Event):
    @model_validator(mode="wrap")
    @classmethod
    def remark(cls, value: Any, handler: Any) -> Any:
        return value


@pytest.mark.parametrize("event", [Computed, Rewritten, Replaced, Whole, Checked, Loose])
def test_a_function_that_makes_values_and_an_open_model_would_be_noticed(event: type[Event]) -> None:
    with pytest.raises(FreeText):
        fields(event)


def test_the_other_looks_would_notice_too() -> None:
    for event in (Computed, Rewritten, Loose, create_model("Free", __base__=Event, value=(str, ...))):
        schema = event.model_json_schema(mode="serialization")
        assert list(open_parts(schema, schema.get("$defs", {})))
    assert "anything" in told({"case_ref": "a" * 32}, Replaced)
