"""Every published event keeps the grammar, names its stream, and is heard or ignored by everybody on purpose."""

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any, ClassVar, cast

import pytest

from shared.contracts import catalogue
from shared.contracts.catalogue import CATALOGUE, EVERY, PRODUCERS, by_type, producer, published, subject_of, today
from shared.contracts.kinds import fields
from shared.ids import CaseRef, Ref
from shared.journey import Facet, Journey
from shared.model import Event

GRAMMAR = re.compile(rf"({'|'.join(PRODUCERS)})\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")
STREAMS = {"case", "handover", "person", "household", "organisation", "group", "programme", "directory", "erasure"}

every_event = pytest.mark.parametrize("event", [pytest.param(event, id=name) for name, event in EVERY.items()])


@every_event
def test_a_type_is_service_thing_fact_version(event: type[Event]) -> None:
    assert GRAMMAR.fullmatch(event.type)


@every_event
def test_a_fact_stands_in_its_tellers_module(event: type[Event]) -> None:
    assert event.__module__.startswith(f"shared.contracts.{producer(event)}")


@every_event
def test_a_fact_names_its_stream(event: type[Event]) -> None:
    assert event.stream in STREAMS
    assert fields(event)[f"{event.stream}_ref"] == "ref"


@every_event
def test_a_fact_says_in_one_sentence_what_it_is(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__.strip().endswith(".")


@every_event
def test_a_fact_is_frozen(event: type[Event]) -> None:
    assert event.model_config.get("frozen")


@every_event
def test_a_version_told_no_more_becomes_another_of_the_same_fact(event: type[Event]) -> None:
    assert today(event) in CATALOGUE.values()
    assert (producer(today(event)), today(event).stream) == (producer(event), event.stream)


@pytest.mark.parametrize("name", PRODUCERS)
def test_every_event_of_a_contract_is_in_the_catalogue(name: str) -> None:
    contract = import_module(f"shared.contracts.{name}")
    described = [event for module in parts(name) for event in published(module)]
    assert described
    assert {event.type for event in described} <= set(EVERY)
    assert {event.type for event in published(contract)} == {
        event.type for event in EVERY.values() if producer(event) == name
    }


def parts(name: str) -> Iterator[Any]:
    """A contract module, and the modules of its package."""
    contract = import_module(f"shared.contracts.{name}")
    yield contract
    for path in getattr(contract, "__path__", ()):
        for found in pkgutil.iter_modules([path]):
            yield import_module(f"{contract.__name__}.{found.name}")


def journey_of(service: str) -> Journey:
    return cast(Journey, import_module(f"services.{service}.journey").JOURNEY)


@pytest.mark.parametrize("service", PRODUCERS)
def test_a_service_hears_or_ignores_every_fact_on_purpose(service: str) -> None:
    journey, everything = journey_of(service), set(CATALOGUE.values())
    assert journey.source == service
    assert journey.hears | journey.ignores == everything
    assert {event.type for event in journey.hears & journey.ignores} == set()


class LampLit(Event):
    """Nobody has thought of this yet, and it stands on no case."""

    type: ClassVar[str] = "intake.lamp.lit.v1"
    stream: ClassVar[str] = "lamp"
    lamp_ref: Ref


@pytest.mark.parametrize("service", PRODUCERS)
def test_a_new_fact_outside_cases_is_ignored_by_nobody_until_somebody_says_so(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both modules are read anew, with the new fact in the catalogue: what is computed from it would take it in."""
    monkeypatch.setattr(catalogue, "CATALOGUE", {**CATALOGUE, LampLit.type: LampLit})
    folder = Path(import_module(f"services.{service}").__path__[0])
    journey = run_path(str(folder / "journey.py"))["JOURNEY"]
    facets = [found for found in run_path(str(folder / "facets.py")).values() if isinstance(found, Facet)]
    assert LampLit not in journey.ignores.union(journey.hears, *(facet.steps for facet in facets))


@pytest.mark.parametrize("service", PRODUCERS)
def test_a_facet_is_moved_by_its_own_source_only_and_begins_blank(service: str) -> None:
    for key, facet in journey_of(service).facets.items():
        assert {producer(event) for event in facet.steps} == {key.partition("/")[0]}
        blank = facet.model()
        assert facet.model.model_validate(json.loads(blank.model_dump_json())) == blank


def test_two_events_of_one_type_are_refused() -> None:
    class Once(Event):
        type: ClassVar[str] = "intake.case.doubled.v1"

    class Twice(Event):
        type: ClassVar[str] = "intake.case.doubled.v1"

    with pytest.raises(ValueError, match="twice"):
        by_type((Once, Twice))


def test_a_stream_is_named_by_the_events_own_ref() -> None:
    class Opened(Event):
        type: ClassVar[str] = "intake.case.opened_again.v1"
        case_ref: CaseRef

    assert subject_of(Opened(case_ref="a" * 32)) == "case/" + "a" * 32
