"""Reactions to received events, and deadlines: rows in `todo`, carried out later, each in a unit of its own.

Applying an event never runs a command. It only plants a to-do in the same transaction, so a reaction happens exactly
once in effect.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.columns import canonical
from shared.events.envelope import Envelope
from shared.ids import Ref
from shared.model import Event

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound="Callable[..., Attention | None]")
Opens = Callable[[Any, str], Iterable[str]]
Forgets = Callable[[Any, Any], Iterable[str]]


@dataclass(frozen=True)
class Heard(Generic[E]):
    """The event that a reaction answers to."""

    data: E
    source: str
    subject: str
    version: int
    cause: str
    effective: datetime
    recorded: datetime
    correlation: str
    traceparent: str | None = None


@dataclass(frozen=True)
class Attention:
    """What a reaction returns when people must look: a code with a sentence in the service's `problems.toml`."""

    code: str


@dataclass(frozen=True)
class Todo:
    """Something to do: a reaction to a fact, or a deadline (`due_at`)."""

    id: int
    cause: str
    reaction: str
    subject: str
    due_at: datetime | None
    attempts: int
    data: str | None

    @property
    def request_id(self) -> str:
        """The number of the request behind it; a deadline, which nobody asked for now, has the end of its cause."""
        return _read(self.data or "").correlation if self.due_at is None else self.cause[-64:]

    def ref(self, name: str = "ref") -> Ref:
        """Which thing a deadline is about, by the name under which it was planted with the deadline."""
        found: Ref = json.loads(self.data or "{}")[name]
        return found

    @property
    def heard(self) -> Heard[Any]:
        """The event behind it."""
        told = _read(self.data or "")
        return Heard(
            told.event,
            told.source,
            told.subject,
            told.version,
            self.cause,
            told.effective,
            told.recorded,
            told.correlation,
            told.traceparent,
        )


class Reactions:
    """What a service does of itself. The function's name is the reaction's name, so it must not change."""

    def __init__(self) -> None:
        self._on: dict[type[Event], list[str]] = {}
        self._functions: dict[str, Callable[..., Attention | None]] = {}
        self._deadlines: set[str] = set()
        self._opens: dict[str, Opens] = {}
        self._forgets: dict[str, Forgets] = {}

    def on(self, *kinds: type[Event], opens: Opens | None = None, forgets: Forgets | None = None) -> Callable[[F], F]:
        """React to these events: `reaction(unit, event: Heard[...])`.

        `opens(peek, subject)` names further sealing subjects that the reaction opens beside its own. `forgets(peek,
        event)` names subjects whose keys are destroyed before, by the order `erasure_ref` of the fact; the reaction is
        given what was (`shared.erasing`).
        """

        def register(function: F) -> F:
            self._name(function.__name__, function)
            if opens is not None:
                self._opens[function.__name__] = opens
            if forgets is not None:
                self._forgets[function.__name__] = forgets
            for kind in kinds:
                self._on.setdefault(kind, []).append(function.__name__)
            return function

        return register

    def due(self, name: str) -> Callable[[F], F]:
        """Meet a deadline that `unit.later` planted under this name: `deadline(unit, todo: Todo)`."""

        def register(function: F) -> F:
            self._name(name, function)
            self._deadlines.add(name)
            return function

        return register

    @property
    def names(self) -> frozenset[str]:
        """The names of all reactions and deadlines: each has a label in the list `attention_kind`."""
        return frozenset(self._functions)

    def to(self, kind: type[Event]) -> tuple[str, ...]:
        """The names of the reactions to such an event."""
        return tuple(self._on.get(kind, ()))

    def rows(self, told: Envelope) -> list[dict[str, Any]]:
        """The `todo` rows that an event plants, for the transaction that records it. A broken event raises now."""
        if not (names := self.to(told.kind)):
            return []
        _ = told.event  # a broken fact must park its stream now, not fail its reaction later
        row = {"cause": told.event_id, "subject": told.subject, "due_at": None, "attempts": 0, "not_before": None}
        return [{**row, "reaction": name, "data": _written(told)} for name in names]

    def bind(self, todo: Todo, *more: object) -> Callable[[Any], Attention | None]:
        """What to run in a unit for this to-do."""
        function = self._functions[todo.reaction]
        argument: Any = todo if todo.reaction in self._deadlines else todo.heard
        return lambda unit: function(unit, argument, *more)

    def forgets(self, todo: Todo) -> Forgets | None:
        """Names whose keys are destroyed before this to-do is carried out, if any are."""
        return self._forgets.get(todo.reaction)

    def opens(self, todo: Todo, peek: object) -> list[str]:
        """The sealing subjects of a to-do: its own, and what its reaction declared."""
        find = self._opens.get(todo.reaction)
        return [todo.subject, *(find(peek, todo.subject) if find else ())]

    def _name(self, name: str, function: Callable[..., Attention | None]) -> None:
        if name in self._functions:
            raise ValueError(f"two reactions are called {name}")
        self._functions[name] = function


def _written(told: Envelope) -> str:
    return canonical(asdict(told))


def _read(data: str) -> Envelope:
    parts: Mapping[str, Any] = json.loads(data)
    times = {name: datetime.fromisoformat(parts[name]) for name in ("effective", "recorded")}
    return Envelope(**{**parts, **times})
