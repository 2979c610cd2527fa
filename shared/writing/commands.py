"""The commands of one thing, as a table, and the runner that carries out the ordinary ones.

A thing's `handlers.py` makes one `Commands`: what the thing is stored as, its rules, and one row per command. An
ordinary command needs no code of its own: authorise, lock, load, facts, `decide`, save. What is not ordinary is a
function with the same outward shape, entered with `does`. Routes, reactions and the generated index of commands all
read this table, so an action's name stands once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from typing import Any, Generic, Protocol, TypeVar

from shared.auth import BY_CASE, Belonging, Caller, Place, authorise, itself, reading_of
from shared.auth.asking import About
from shared.classes import unclassed
from shared.ids import Ref, Subject
from shared.model import Command, Decided, Model, StatusTable
from shared.reading import Reading
from shared.statuses import operation
from shared.storage.tables import Row, TableClass, table_of
from shared.writing.handling import Handling, Subjects
from shared.writing.unit import Unit

S = TypeVar("S", bound=Model)
F = TypeVar("F", bound=Callable[..., Any])
Streams = Callable[[Reading, Command, "Row | None", Ref], Iterable[Subject]]
"""Names the streams to lock, from the thing's row or, where it is new, from the command. The first is what the caller
must be allowed to work on. Only refs that never change may be read here."""


class FactsOf(Protocol):
    """Gathers, under the lock, what the rule needs beside state and command. `state` is None for a new thing."""

    def __call__(self, unit: Unit, caller: Caller, command: Any, /, *, ref: Ref, state: Any) -> Any: ...


class Admits(Protocol):
    """Asks, under the lock and before anything is told of the thing, what the policy cannot: raises NotFound."""

    def __call__(self, unit: Unit, caller: Caller, command: Any, /, *, ref: Ref) -> None: ...


class After(Protocol):
    """Called in the same unit when something was saved: for deadlines and for things that must follow."""

    def __call__(self, unit: Unit, caller: Caller, /, *, ref: Ref, before: Any, decided: Decided[Any]) -> None: ...


def on_case(_peek: Reading, command: Command, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """The thing belongs to a case and speaks on the case's stream."""
    case_ref = row["case_ref"] if row is not None else getattr(command, "case_ref")  # noqa: B009 -- any command's
    return (Subject("case", case_ref),)


def on_itself(kind: str) -> Streams:
    """The thing has a stream of its own: `household/<ref>`."""

    def streams(_peek: Reading, _command: Command, _row: Row | None, ref: Ref) -> Iterable[Subject]:
        return (Subject(kind, ref),)

    return streams


@dataclass(frozen=True)
class Handler:
    """One row of the table: a command, how the edge treats it, and what carries it out."""

    command: type[Command]
    handling: Handling
    statuses: StatusTable
    function: Callable[..., Any]
    ordinary: bool
    thing: str
    whose: Belonging
    also: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """What it is called in the API."""
        return operation(self.command.__name__)

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions that it asks the policy for."""
        return self.handling.action, *self.also

    @property
    def reading(self) -> str:
        """The action that is asked of whoever is told how its thing stands."""
        return reading_of(self.handling.action)

    @cached_property
    def continues(self) -> bool:
        """Whether it may go on with a thing that another command made."""
        return any(self.command in allowed for allowed in self.statuses.allowed.values())

    @property
    def explained(self) -> str:
        """What it does, in the words of its function, or of the command where the runner carries it out."""
        return cleandoc((self.command if self.ordinary else self.function).__doc__ or "")

    def __call__(self, unit: Unit, caller: Caller, command: Command, **path: Any) -> Any:
        return self.function(unit, caller, command, **path)


@dataclass(frozen=True)
class Commands(Generic[S]):
    """What a thing is stored as, its rules, and its commands.

    `name` begins every action: `intake.case` makes `intake.case.assign`. `private` names the values of a command that
    are sealed in columns of the row, `sealed` those that follow from state, command and facts. `subjects` are the
    sealing subjects that its commands open, unless a row says otherwise.
    """

    name: str
    row: TableClass
    state: type[S]
    statuses: StatusTable
    decide: Callable[[Any, Any, Any], Decided[S]]
    facts: FactsOf
    streams: Streams = on_case
    subjects: Subjects | None = None
    private: Callable[[Any], Mapping[str, Model | None]] = lambda _command: {}
    admits: Admits | None = None
    after: After | None = None
    sealed: Callable[[Any, Any, Any], Mapping[str, Model]] = lambda _state, _command, _facts: {}
    belonging: Belonging | None = None
    _rows: dict[type[Command], Handler] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if missing := unclassed(self.state):
            raise TypeError(f"{self.name} stores fields of no class: {', '.join(missing)}")

    def __iter__(self) -> Iterator[Handler]:
        return iter(self._rows.values())

    def __getitem__(self, command: type[Command]) -> Handler:
        return self._rows[command]

    def ordinary(
        self, action: str, command: type[Command], *, if_match: bool = True, subjects: Subjects | None = None
    ) -> None:
        """Enter a command that the runner carries out. One that opens the thing creates it."""
        creates = command in self.statuses.opening
        self._enter(action, command, self.create if creates else self.change, if_match, creates, subjects, True)

    def does(
        self,
        action: str,
        command: type[Command],
        *,
        if_match: bool = True,
        creates: bool = False,
        subjects: Subjects | None = None,
        also: str | None = None,
    ) -> Callable[[F], F]:
        """Enter a command with a function of its own: `function(unit, caller, command, *, ref)`.

        `also` names a further action that is asked for, which several commands share.
        """

        def enter(function: F) -> F:
            self._enter(action, command, function, if_match, creates, subjects, False, also)
            return function

        return enter

    def _enter(
        self,
        action: str,
        command: type[Command],
        function: Callable[..., Any],
        if_match: bool,
        creates: bool,
        subjects: Subjects | None,
        ordinary: bool,
        also: str | None = None,
    ) -> None:
        if command in self._rows:
            raise ValueError(f"{command.__name__} is entered twice")
        handling = Handling(f"{self.name}.{action}", subjects or self.subjects, if_match and not creates, creates)
        shared = () if also is None else (f"{self.name}.{also}",)
        thing = table_of(self.row).name
        self._rows[command] = Handler(command, handling, self.statuses, function, ordinary, thing, self.whose, shared)

    @cached_property
    def whose(self) -> Belonging:
        """Whose a thing is: what it says itself, else by its case, else whoever has a part in the thing."""
        columns = table_of(self.row).columns
        return self.belonging or (BY_CASE if "case_ref" in columns else itself(self.name.rpartition(".")[2]))

    def behind(self, command: type[Command]) -> Iterator[Any]:
        """Every function that carrying out a command runs through: what the API document reads its refusals from."""
        row = self._rows[command]
        yield row.function
        yield row.handling.subjects
        yield from (self.streams, self.admits, self.facts, self.decide, self.private, self.after, self.sealed)

    def authorise(self, unit: Unit, caller: Caller, command: Command, about: About = None) -> None:
        """The first line of a function entered with `does`: the actions are those of the command."""
        actions = self[type(command)].actions
        for action in actions:
            authorise(unit, caller, action, about, doing=actions)

    def about(self, unit: Unit, row: Row | None) -> tuple[Place, ...]:
        """The places of a thing that is there, where it says itself whose it is."""
        return () if row is None or self.belonging is None else self.belonging.places(unit, row)

    def carry_out(self, unit: Unit, caller: Caller, command: Command, **path: Any) -> Any:
        """Carry out a command inside a unit that has begun: what a reaction calls."""
        return self[type(command)](unit, caller, command, **path)

    def create(self, unit: Unit, caller: Caller, command: Command, *, ref: Ref) -> None:
        """The ordinary way to make a thing. The same request again, under the same ref, changes nothing.

        A command that a status allows as well may go on with a thing that another command made.
        """
        self._begin(unit, caller, command, ref, None)
        if not self.known(unit, caller, command, ref):
            self._decide(unit, caller, command, ref, unit.find(self.row, self.state, ref))

    def known(self, unit: Unit, caller: Caller, command: Command, ref: Ref, under: str = "") -> bool:
        """Asked under the lock before a thing is made: was it by this very command? Then the answer is about it.

        Whoever may not read it now is told neither that it is there nor how it stands: raises NotFound.
        """

        handler = self[type(command)]

        def seen(row: Row) -> None:
            authorise(unit, caller, handler.reading, self.whose.places(unit, row))

        known = unit.known(self.row, ref, command, under=under, continues=handler.continues, seen=seen)
        if known:
            unit.answer_about(self.row, self.state, ref)
        return known

    def change(self, unit: Unit, caller: Caller, command: Command, *, ref: Ref) -> None:
        """The ordinary way to change a thing that is there."""
        self._begin(unit, caller, command, ref, unit.peek(self.row, ref))
        self._decide(unit, caller, command, ref, unit.load(self.row, self.state, ref)[0])

    def _begin(self, unit: Unit, caller: Caller, command: Command, ref: Ref, row: Row | None) -> None:
        """Authorise, lock, and ask who may go on: whoever may not learns nothing of the thing, not even its version."""
        streams, places = tuple(self.streams(unit, command, row, ref)), self.about(unit, row)
        self.authorise(unit, caller, command, places or streams[0])
        unit.lock(*streams)
        self._again(unit, caller, command, ref, places)
        if self.admits is not None:
            self.admits(unit, caller, command, ref=ref)

    def _again(self, unit: Unit, caller: Caller, command: Command, ref: Ref, before: tuple[Place, ...]) -> None:
        """Under the lock the thing may be somebody else's than a moment ago."""
        now = self.about(unit, unit.row(self.row, ref)) if before else ()
        if now and now != before:
            self.authorise(unit, caller, command, now)

    def _decide(self, unit: Unit, caller: Caller, command: Command, ref: Ref, state: S | None) -> None:
        facts = self.facts(unit, caller, command, ref=ref, state=state)
        decided = self.decide(state, command, facts)
        private = {**self.private(command), **self.sealed(state, command, facts)}
        unit.save(self.row, ref, decided, private=private)
        if self.after is not None and (decided.events or decided.own_matter):
            self.after(unit, caller, ref=ref, before=state, decided=decided)


Noted = tuple[Command, Ref]
"""The command that notes somebody, and the ref of what it makes."""


@dataclass(frozen=True)
class Meets:
    """With which commands somebody is noted. `noting` only reads: None where they are, NotFound where nobody asks."""

    commands: Commands[Any]
    noting: Callable[[Reading, Caller], Noted | None]
