"""Lines that a service refused while the story was played: kept with their place and the code, never dropped."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Stopped(Exception):
    """A service answered something that the story cannot go on with."""


class NotTaken(Stopped):
    """A service refused a command. `place` is the row behind it, once somebody has said so."""

    def __init__(self, code: str, told: str, place: str = "") -> None:
        super().__init__(told)
        self.code = code
        self.place = place


@dataclass(frozen=True)
class Refusal:
    """One line and the code of the problem."""

    place: str
    code: str

    def __str__(self) -> str:
        return f"{self.place}: refused, {self.code}"


class Refusals:
    """All refusals of one run, and the people for whom nothing more is played after theirs."""

    def __init__(self) -> None:
        self.lines: list[Refusal] = []
        self.left: set[str] = set()

    def add(self, place: str, code: str, people: Iterable[str] = ()) -> None:
        """A line was refused. Nothing more is played for these people, since it would build on what was refused."""
        self.lines.append(Refusal(place, code))
        self.left.update(people)

    def told(self) -> Iterator[str]:
        """Each line, how many they are, and whose story ends there."""
        yield from map(str, self.lines)
        if self.lines:
            yield f"Refused by the services: {len(self.lines)}"
        if self.left:
            yield f"Not played any further: {', '.join(sorted(self.left))}"


@contextmanager
def behind(place: str) -> Iterator[None]:
    """Within it, every refusal belongs to this row."""
    try:
        yield
    except NotTaken as refused:
        refused.place = refused.place or place
        raise
