"""All events that exist, by their type on the wire. Every service parks a type that is not here.

A version that is no longer published stays for ever, since journals and views hold it. It is read as the version after
it (`becomes`, `upcast`), so only this module and the envelope know old versions.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType

from shared.contracts import grants, intake, referrals, screening
from shared.ids import Subject
from shared.model import Event

CONTRACTS = {"intake": intake, "screening": screening, "referrals": referrals, "grants": grants}
PRODUCERS = tuple(CONTRACTS)


def published(module: ModuleType) -> Iterator[type[Event]]:
    """The events a contract module defines itself, in the order they stand there."""
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Event) and "type" in vars(thing):
            yield thing


def by_type(events: Iterable[type[Event]]) -> Mapping[str, type[Event]]:
    """The events by wire type. Two classes of one type would make the log ambiguous."""
    found: dict[str, type[Event]] = {}
    for event in events:
        if found.setdefault(event.type, event) is not event:
            raise ValueError(f"{event.type} is defined twice")
    return MappingProxyType(found)


EVERY = by_type(event for contract in CONTRACTS.values() for event in published(contract))
"""Every version that was ever told."""

CATALOGUE = by_type(event for event in EVERY.values() if event.becomes is None)
"""What is told today: what services hear or ignore."""


def today(event: type[Event]) -> type[Event]:
    """The version as which this one is read: itself, if it is published today."""
    while event.becomes is not None:
        event = event.becomes
    return event


def upcast(event: Event) -> Event:
    """The event in its newest version. Costs one look at the class for an event that has it already."""
    while event.becomes is not None:
        event = event.upcast()
    return event


def producer(event: type[Event]) -> str:
    """The service that publishes it: the first word of its type."""
    return event.type.partition(".")[0]


def subject_of(event: Event) -> str:
    """The stream this event belongs to, such as `case/<ref>`."""
    return Subject(event.stream, getattr(event, event.stream + "_ref"))
