"""Every golden sample, however old, is understood by every reader of today, and still says what it said."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import pytest

from shared.columns import canonical
from shared.contracts.catalogue import CATALOGUE, EVERY, PRODUCERS, producer
from shared.errors import Poison
from shared.events.envelope import Envelope, decode
from shared.events.record import Record
from shared.journey import Journey, advance, blank
from shared.journey.todos import Reactions
from shared.model import Event
from shared.reference.kept import sample_path
from shared.reference.samples import sample_of
from tests.support.evolution import KEPT

every_version = pytest.mark.parametrize("event", [pytest.param(event, id=name) for name, event in EVERY.items()])


def kept(event: type[Event]) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], json.loads(sample_path(KEPT, event).read_text("utf-8")))


def read(sample: Mapping[str, Any]) -> Envelope:
    """The fact as a reader of the topic meets it."""
    return decode(Record(sample["key"], sample["headers"], canonical(sample["data"]).encode()))


@every_version
def test_a_sample_is_a_fact_of_its_type(event: type[Event]) -> None:
    told = read(kept(event))
    assert (told.type, told.source, told.version) == (event.type, producer(event), 1)
    assert told.kind is type(told.event)
    assert told.kind in CATALOGUE.values()


@every_version
def test_a_sample_still_says_what_it_said(event: type[Event]) -> None:
    """Nothing of it is lost or changed on the way in and out. Fields that came later have their default."""
    data = kept(event)["data"]
    again = event.model_validate(data).model_dump(mode="json")
    assert {name: again[name] for name in data} == data
    later = {name: info for name, info in event.model_fields.items() if name not in data}
    assert all(not info.is_required() for info in later.values())


@every_version
def test_every_service_can_hear_it(event: type[Event]) -> None:
    """From nothing at all: steps are total. Its own facts it folds from its journal."""
    told = read(kept(event))
    for service in PRODUCERS:
        journey = cast(Journey, import_module(f"services.{service}.journey").JOURNEY)
        assert advance(journey, blank(journey, told.stream), told).version == 1
        reactions = cast(Reactions, import_module(f"services.{service}.reactions").REACTIONS)
        assert len(reactions.rows(told)) == len(reactions.to(told.kind))


@every_version
def test_a_new_sample_fills_every_field(event: type[Event]) -> None:
    sample = sample_of(event)
    assert set(sample["data"]) == set(event.model_fields)
    assert None not in sample["data"].values()
    assert sample == sample_of(event), "the same version gives the same sample"


def test_a_reader_that_lost_a_field_would_be_noticed() -> None:
    sample = dict(kept(CATALOGUE["intake.case.opened.v1"]))
    for lost in ("country", "case_ref"):
        broken = {**sample, "data": {name: value for name, value in sample["data"].items() if name != lost}}
        with pytest.raises(Poison):
            _ = read(broken).event
