"""The port to whatever holds a master key: it wraps the keys of people and the secrets of services, and opens them.

Two adapters: a file (`ring`), and a key service that never gives its key away (`transit`). What a service may open is
what its own holder opens, so a process is given one holder for each service that it runs, and no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from shared.errors import Unavailable
from shared.sealing import DoesNotOpen
from shared.sealing.keyfile import NoKeys, WrongKeys

Bound = tuple[bytes, str]
"""A key, or a wrapped one, and what it is bound to."""
Opened = tuple[str, bytes]
"""The id of the master key that had wrapped it, and what was wrapped."""


AWAY = "The key service cannot be reached, or does not answer as it should."


class KeyServiceAway(Unavailable):
    """The key service does not answer, or not as it should."""

    code = "store_unavailable"


class KeyServiceRefuses(KeyServiceAway):
    """The key service does not let us use this key."""


class Wrapping(Protocol):
    """Holds a master key, or two of them during a rotation. Raises Unavailable where it is away."""

    adapter: str
    """`file` or `transit`."""
    local: bool
    """Whether it answers without a call to anybody, so that an event loop need not wait."""
    where: str
    """Where an operator finds the key, for sentences."""

    @property
    def in_use(self) -> str:
        """The id of the master key in use: a check value that says nothing of the key."""
        ...

    def coming(self) -> str:
        """The id of the master key that a rotation goes over to. Raises NoKeys where there is none."""
        ...

    def holds(self, master: str) -> bool:
        """Whether the master key of this id is here, also after another look."""
        ...

    def look(self) -> None:
        """Take up what there is now. Raises NoKeys where it is missing, or not to be used."""
        ...

    def wrap(self, master: str, keys: Sequence[Bound]) -> list[bytes]:
        """Wrap keys under the master key of this id. Raises Unavailable without that one."""
        ...

    def opened(self, wrapped: Sequence[Bound]) -> list[Opened | None]:
        """What each of these holds; None where it does not open with any master key that is here."""
        ...

    def rewrap(self, master: str, wrapped: Sequence[Bound]) -> list[bytes | None]:
        """Each of these under that master key, the same bytes where it is already; None where it does not open."""
        ...

    def finish(self, master: str) -> None:
        """A rotation is over: from now on this master key is the one in use."""
        ...


def unwrapped(wrapping: Wrapping, wrapped: Sequence[Bound]) -> list[bytes]:
    """What each of these holds, also after another look. Raises DoesNotOpen where one does not open."""
    found = wrapping.opened(wrapped)
    if None in found:
        try:
            wrapping.look()
        except NoKeys:
            raise DoesNotOpen from None
        found = wrapping.opened(wrapped)
    keys = [one[1] for one in found if one is not None]
    if len(keys) < len(wrapped):
        raise DoesNotOpen
    return keys


class Masters:
    """Who wraps for which service, in this process. One holder may do so for several, or for all."""

    def __init__(self, held: Mapping[str, Wrapping]) -> None:
        self._held = dict(held)

    def __contains__(self, service: str) -> bool:
        return service in self._held

    @property
    def services(self) -> tuple[str, ...]:
        """Whose keys are at hand."""
        return tuple(self._held)

    def of(self, service: str) -> Wrapping:
        """What wraps a service's keys. Raises WrongKeys where this process was given none for it."""
        try:
            return self._held[service]
        except KeyError:
            raise WrongKeys(f"this process was given no key of {service}") from None

    def shared_by(self, services: Iterable[str]) -> Wrapping | None:
        """The one that wraps for services without a key of their own; None where none of these is at hand."""
        return next((self._held[name] for name in services if name in self._held), None)
