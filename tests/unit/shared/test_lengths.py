"""Lists are counted before their items are looked at, and a problem names few of many errors."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from shared.auth import Role
from shared.model import C1, Command, Model
from shared.testing import caller
from tests.conftest import SERVICES, Start
from tests.support.eventually import within


class Line(Model):
    """Something with two things to miss."""

    number: int
    name: str


class Lines(Command):
    """Lists in each way that commands declare them."""

    plain: Annotated[tuple[Line, ...], Field(max_length=3)] = ()
    classed: C1[tuple[Line, ...]] = Field(default=(), max_length=3)
    absent: Annotated[tuple[Line, ...], Field(max_length=3)] | None = None
    lists: list[Line] = Field(default=[], max_length=3)


@pytest.mark.parametrize("name", ["plain", "classed", "absent", "lists"])
def test_a_list_that_is_too_long_is_one_error(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Lines.model_validate({name: [{}] * 4})
    assert [(error["type"], error["loc"][0]) for error in refused.value.errors()] == [("too_long", name)]
    with pytest.raises(ValidationError) as looked_at:
        Lines.model_validate({name: [{}] * 3})
    assert len(looked_at.value.errors()) == 6


def test_counting_first_says_nothing_else_of_a_model() -> None:
    told = Lines.model_json_schema()["properties"]
    assert told["plain"]["maxItems"] == told["classed"]["maxItems"] == told["lists"]["maxItems"] == 3
    assert Lines(plain=(Line(number=1, name="a"),)).model_dump(mode="json")["plain"] == [{"number": 1, "name": "a"}]


def test_a_list_is_counted_once_however_often_its_model_is_referred_to() -> None:
    class Holder(Model):
        lines: Lines | None = None

    for number in range(30):
        type(f"Holder{number}", (Holder,), {"__module__": __name__})
    assert repr(Lines.__pydantic_core_schema__).count("_Counting") == 4


FEW = {1000: (422, 20, True), 20_000: (422, 1, None), 340_000: (413, 0, None)}
"""By how many items there are: the status, how many errors are named, and whether more are said to be there."""


@pytest.mark.parametrize("many", FEW)
async def test_many_empty_items_are_few_errors_and_soon(start: Start, many: int) -> None:
    intake, who = await start("intake"), caller("sok", Role.INTAKE_OFFICER)
    body = b'{"lines":[' + b",".join([b"{}"] * many) + b"]}"
    headers = {"Authorization": who, "Idempotency-Key": "k", "Content-Type": "application/json"}
    begun = time.process_time()
    async with intake.client() as client:
        answer = await client.post("/intake/v1/provisions", content=body, headers=headers)
    assert time.process_time() - begun < within(2)
    assert len(answer.content) < 4_000
    problem = answer.json()
    assert (answer.status_code, len(problem.get("errors", ())), problem.get("truncated")) == FEW[many]


@pytest.mark.parametrize("name", SERVICES)
async def test_every_list_of_a_request_has_a_longest_length(start: Start, name: str) -> None:
    document = (await start(name)).app.openapi()
    bodies = [
        operation["requestBody"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    ]
    assert len(bodies) > 10
    assert sorted(set(_endless(document["components"]["schemas"], bodies, "", set()))) == []


def _endless(schemas: Any, part: Any, where: str, seen: set[str]) -> Iterator[str]:
    """Where below a part of an OpenAPI file a list without a longest length stands."""
    if isinstance(part, list):
        for each in part:
            yield from _endless(schemas, each, where, seen)
    if not isinstance(part, dict):
        return
    if part.get("type") == "array" and "maxItems" not in part:
        yield where
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen:
        seen.add(name)
        yield from _endless(schemas, schemas[name], name, seen)
    for key, inner in part.items():
        yield from _endless(schemas, inner, f"{where}/{key}" if key not in ("properties", "schema") else where, seen)
