"""All events that exist, by their wire type. A type that is not here is unknown to everybody."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType, ModuleType

from shared.model import Event

PRODUCERS = ("intake", "screening", "referrals", "grants")


def published(module: ModuleType) -> Iterator[type[Event]]:
    """The events a contract module defines itself, in the order they stand there."""
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Event) and "type" in vars(thing):
            yield thing


def _collect() -> Iterator[type[Event]]:
    for producer in PRODUCERS:
        if find_spec(f"shared.contracts.{producer}"):
            yield from published(import_module(f"shared.contracts.{producer}"))


def by_type(events: Iterator[type[Event]]) -> Mapping[str, type[Event]]:
    """The events by wire type. Two classes of one type would make the log ambiguous."""
    found: dict[str, type[Event]] = {}
    for event in events:
        if found.setdefault(event.type, event) is not event:
            raise ValueError(f"{event.type} is defined twice")
    return MappingProxyType(found)


CATALOGUE = by_type(_collect())


def producer(event: type[Event]) -> str:
    """The service that tells it: the first word of its type."""
    return event.type.partition(".")[0]


def subject_of(event: Event) -> str:
    """The stream this event belongs to, such as `case/<ref>`."""
    return f"{event.stream}/{getattr(event, event.stream + '_ref')}"
