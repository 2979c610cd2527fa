"""All events that exist, by their wire type. A type that is not here is unknown to everybody.

The surprise: a version that is told no more stays for ever, since journals and views hold it. It is read as the version
after it (`becomes`, `upcast`), so that nothing but this module and the envelope knows that there was another.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType

from shared.contracts import grants, intake, referrals, screening
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
    """The version as which this one is read: itself, if it is told today."""
    while event.becomes is not None:
        event = event.becomes
    return event


def upcast(event: Event) -> Event:
    """The fact in the words of today. One look at the class, for a fact that is in them already."""
    while event.becomes is not None:
        event = event.upcast()
    return event


def producer(event: type[Event]) -> str:
    """The service that tells it: the first word of its type."""
    return event.type.partition(".")[0]


def subject_of(event: Event) -> str:
    """The stream this event belongs to, such as `case/<ref>`."""
    return f"{event.stream}/{getattr(event, event.stream + '_ref')}"
