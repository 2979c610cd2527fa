"""The AsyncAPI file is one, as its makers define that, and describes the records that really travel."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from shared.contracts.catalogue import CATALOGUE, EVERY, PRODUCERS, producer
from shared.model import Event
from shared.reference.asyncapi import asyncapi
from shared.reference.kept import sample_path, schema_path
from tests.support.evolution import KEPT
from tests.support.weighing import JOURNEY, VERSIONS, Weighed, WeighedInGrams

DOCS = KEPT.parent
DOCUMENT: dict[str, Any] = json.loads((DOCS / "asyncapi.json").read_text("utf-8"))
FORMATS = FormatChecker(["date"])


@cache
def specification() -> Draft7Validator:
    """AsyncAPI's own schema of such files, vendored beside this test."""
    return Draft7Validator(json.loads((Path(__file__).parent / "asyncapi" / "3.1.0.json").read_text("utf-8")))


def test_the_file_keeps_the_specification() -> None:
    assert [error.json_path for error in specification().iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("asyncapi",), "2.6.0"),
        (("channels", "caseEvents", "bindings", "kafka", "partitions"), 0),
        (("operations", "intakeTells", "action"), "publish"),
        (("components", "messages", "intake.case.opened.v1", "bindings", "kafka"), {"bindingVersion": "0.5.0", "a": 1}),
    ],
)
def test_the_specification_would_notice(path: tuple[str, ...], wrong: Any) -> None:
    document = deepcopy(DOCUMENT)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = wrong
    assert not specification().is_valid(document)


def test_every_reference_leads_somewhere() -> None:
    for target in references(DOCUMENT):
        file, _, pointer = target.partition("#/")
        place = json.loads((DOCS / file).read_text("utf-8")) if file else DOCUMENT
        for step in pointer.split("/") if pointer else ():
            place = place[step]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        yield from (target for value in part.values() for target in references(value))
    if isinstance(part, list):
        yield from (target for value in part for target in references(value))


def headers_of(name: str) -> Draft202012Validator:
    """What the file says about the headers of such a record."""
    message = DOCUMENT["components"]["messages"][name]
    return Draft202012Validator({**message["headers"], "components": DOCUMENT["components"]})


@pytest.mark.parametrize("event", [pytest.param(event, id=name) for name, event in EVERY.items()])
def test_the_sample_is_what_the_file_describes(event: type[Event]) -> None:
    sample = json.loads(sample_path(KEPT, event).read_text("utf-8"))
    headers_of(event.type).validate(sample["headers"])
    schema = json.loads(schema_path(KEPT, event).read_text("utf-8"))
    Draft202012Validator(schema, format_checker=FORMATS).validate(sample["data"])
    key = DOCUMENT["components"]["messages"][event.type]["bindings"]["kafka"]["key"]
    Draft202012Validator(key).validate(sample["key"])


def test_other_headers_and_bodies_are_not() -> None:
    event = CATALOGUE["intake.case.opened.v1"]
    sample = json.loads(sample_path(KEPT, event).read_text("utf-8"))
    for header, wrong in (("ce_source", "/grants"), ("ce_subject", "person/" + "a" * 32), ("ce_sequence", "0")):
        assert not headers_of(event.type).is_valid({**sample["headers"], header: wrong})
    assert not headers_of(event.type).is_valid({"ce_type": event.type})
    body = Draft202012Validator(json.loads(schema_path(KEPT, event).read_text("utf-8")), format_checker=FORMATS)
    for field, wrong in (("opened", "yesterday"), ("country", "a free text"), ("case_ref", "Sok")):
        assert not body.is_valid({**sample["data"], field: wrong})


def named(operation: str) -> set[str]:
    return {message["$ref"].rpartition("/")[2] for message in DOCUMENT["operations"][operation]["messages"]}


@pytest.mark.parametrize("service", PRODUCERS)
def test_a_service_tells_its_contract_and_hears_its_journey(service: str) -> None:
    journey = import_module(f"services.{service}.journey").JOURNEY
    assert named(f"{service}Tells") == {name for name, event in CATALOGUE.items() if producer(event) == service}
    assert named(f"{service}Hears") == {event.type for event in journey.hears if producer(event) != service}


def test_a_version_that_is_only_read_is_heard_and_told_by_nobody() -> None:
    document = asyncapi({event.type: event for event in VERSIONS}, [JOURNEY, replace(JOURNEY, source="intake")])
    operations, messages = document["operations"], document["components"]["messages"]
    told, heard = operations["intakeTells"]["messages"], operations["grantsHears"]["messages"]
    assert [message["$ref"].rpartition("/")[2] for message in told] == [Weighed.type]
    assert [message["$ref"].rpartition("/")[2] for message in heard] == [event.type for event in VERSIONS]
    assert messages[WeighedInGrams.type]["deprecated"] is True
    assert "deprecated" not in messages[Weighed.type]
