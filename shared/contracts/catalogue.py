"""All events that exist, by their wire type. A type that is not here is unknown to everybody."""

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


CATALOGUE = by_type(event for contract in CONTRACTS.values() for event in published(contract))


def producer(event: type[Event]) -> str:
    """The service that tells it: the first word of its type."""
    return event.type.partition(".")[0]


def subject_of(event: Event) -> str:
    """The stream this event belongs to, such as `case/<ref>`."""
    return f"{event.stream}/{getattr(event, event.stream + '_ref')}"
