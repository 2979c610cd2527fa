"""Which refusals an operation can meet, read from the source that answers it.

Use it to list the codes of an operation in its document. It follows calls from a route through its handler to the
rules, and takes only the branches that are for the command asked. Where it cannot see which method is meant it takes
every one of that name, so it may list a code too many. A code too few turns the test red that meets it: tests compare
each refusal they get with this list.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from inspect import unwrap
from types import FunctionType, ModuleType
from typing import Any

from shared.errors import HomewardError, Poison
from shared.web.branches import Branches
from shared.web.sources import ARGUMENTS, Endpoint, Types, class_around, classes_in, hints_of, of_ours, source_of
from shared.writing.commands import Commands

SERVER_ERROR = 500
Refusal = tuple[int, str]


@cache
def members(service: str) -> dict[str, list[FunctionType]]:
    """Every method and property that code of a service can reach, by name."""
    found: dict[str, list[FunctionType]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(f"services.{service}."):
            for kind in list(vars(module).values()):
                if isinstance(kind, type) and kind.__module__ == name:
                    for attribute, function in _methods(kind):
                        found.setdefault(attribute, []).append(function)
    return found


def _methods(kind: type) -> Iterator[tuple[str, FunctionType]]:
    for name, value in list(vars(kind).items()):
        function = getattr(value, "fget", None) or getattr(value, "__func__", value)
        if isinstance(function, FunctionType):
            yield name, function


Place = tuple[FunctionType, frozenset[tuple[str, Types]]]


@dataclass(frozen=True)
class Step:
    """What one function does with arguments of known classes: what it refuses with, and where it goes on."""

    found: frozenset[Refusal]
    onward: frozenset[Place]


class Reading(Branches):
    """Reads one function."""

    def __init__(self, service: str, asked: Types) -> None:
        self._members, self._asked = members(service), asked
        self._found: set[Refusal] = set()
        self.onward: set[Place] = set()
        self.handed_on = False
        """Whether something was handed on that may be given what the operation was asked."""

    def read(self, place: Place) -> Step:
        """The step at a place."""
        function, known = place
        source = source_of(function)
        self.block(source.body if source else (), function, dict(known))
        return Step(frozenset(self._found), frozenset(self.onward))

    def function(self, function: Any, given: dict[str, Types] | None = None) -> None:
        """Go on in a function. What it is given narrows its branches; as a value it may be given what was asked."""
        function = unwrap(getattr(function, "func", getattr(function, "__func__", function)))
        if isinstance(function, FunctionType) and of_ours(function):
            self.onward.add((function, frozenset(self._arguments(function, given).items())))

    def _arguments(self, function: FunctionType, given: dict[str, Types] | None) -> dict[str, Types]:
        known = {name: classes_in(hint) for name, hint in hints_of(function).items() if name != "return"}
        known |= {name: types for name, types in (given or {}).items() if types}
        if (owner := class_around(function)) is not None:
            known.setdefault("self", frozenset({owner}))
        if given is None and any(known.get(name, True) is None for name in ARGUMENTS):
            self.handed_on = True
            known |= {name: self._asked for name in ARGUMENTS if name in known and known[name] is None}
        return known

    def value(self, value: object) -> None:
        """Follow whatever a value could be called for: a function, or functions in a table."""
        if isinstance(value, dict):
            self.values(value.values())
        elif isinstance(value, (tuple, list)):
            self.values(value)
        elif isinstance(value, (type, ModuleType)):
            return
        elif callable(value):
            self.function(value)
        elif isinstance(value, Commands):
            self._table(value)
        elif of_ours(type(value)) and hasattr(value, "__dataclass_fields__"):
            self.values(vars(value).values())

    def _table(self, commands: Commands[Any]) -> None:
        """Go on in what carries out the command that was asked."""
        self.handed_on = True
        for command in self._asked or ():
            for function in commands.behind(command):
                self.function(function, {"command": self._asked})

    def values(self, values: Iterable[object]) -> None:
        for value in values:
            if callable(value) and not isinstance(value, type):
                self.function(value)

    def member(self, name: str) -> None:
        """Follow every method of that name."""
        for function in self._members.get(name, ()):
            self.function(function, {})

    def refused(self, error: type, code: str | None) -> None:
        """Remember a refusal; what is tried again inside, parked, or the server's own fault is none."""
        if not of_ours(error) or issubclass(error, Poison) or error.__name__ == "Moved":
            return
        if not issubclass(error, HomewardError):
            status = 400
        else:
            status, code = error.status, code or error.code
        if code is not None and status < SERVER_ERROR:
            self._found.add((status, code))

    def answered(self, status: int, code: str) -> None:
        """Remember a problem that is answered without an error."""
        if status < SERVER_ERROR:
            self._found.add((status, code))


class Steps:
    """The steps of a service that were read already."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._known: dict[tuple[Place, Types], Step] = {}

    def at(self, place: Place, asked: Types) -> Step:
        """The step at a place, read at most once for everything that can be asked, where that makes no difference."""
        step = self._known.get((place, None)) or self._known.get((place, asked))
        if step is None:
            reading = Reading(self._service, asked)
            step = reading.read(place)
            self._known[place, asked if reading.handed_on else None] = step
        return step


@cache
def steps_of(service: str) -> Steps:
    """The steps of a service."""
    return Steps(service)


@cache
def refusals(endpoint: Endpoint, *before: Endpoint) -> frozenset[Refusal]:
    """What an endpoint, and what runs before it, may refuse with: status and code."""
    package, _, rest = endpoint.__module__.partition(".")
    steps = steps_of(rest.partition(".")[0] if package == "services" else "-")
    asked = classes_in(hints_of(endpoint).get("body"))
    first = Reading("-", asked)
    for function in (endpoint, *before):
        given: dict[str, Types] = {"self": frozenset({function})} if isinstance(function, type) else {}
        first.function(function.__call__ if isinstance(function, type) else function, given)
    found, been, ahead = set[Refusal](), set[Place](), set(first.onward)
    while ahead:
        place = ahead.pop()
        step = steps.at(place, asked)
        been.add(place)
        found |= step.found
        ahead |= step.onward - been
    return frozenset(found)
