"""What handlers and queries declare of themselves: their action and whose private values they touch.

`run` and `show` obtain exactly these keys before the unit begins; opening anything else is an error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.errors import NotFound
from shared.ids import Subject
from shared.reading import Reading
from shared.storage.tables import TableClass

F = TypeVar("F", bound=Callable[..., Any])
Subjects = Callable[..., Iterable[str]]


@dataclass(frozen=True)
class Handling:
    """What a handler declares: its action, whose keys it needs, and how the HTTP edge treats it.

    `reference` is what changes only with a release: who has it already is told so instead of being sent it again.
    `reads` says that nothing is written, and `by_row` that each row of what is read has an audit entry of its own.
    """

    action: str
    subjects: Subjects | None = None
    if_match: bool = True
    creates: bool = False
    reference: bool = False
    reads: bool = False
    by_row: bool = False


def shows(
    action: str, *, subjects: Subjects | None = None, reference: bool = False, by_row: bool = False
) -> Callable[[F], F]:
    """Declare a query. `subjects(peek, **arguments)` names the sealing subjects it may open."""

    def declare(query: F) -> F:
        declared = Handling(action, subjects, if_match=False, reference=reference, reads=True, by_row=by_row)
        query.handling = declared  # type: ignore[attr-defined]
        return query

    return declare


def handling_of(function: Callable[..., Any]) -> Handling:
    """What a handler or query declared; undeclared functions are a bug."""
    declared: Handling | None = getattr(function, "handling", None)
    if declared is None:
        raise AssertionError(f"{function.__name__} is not declared: a row of a table, or shows()")
    return declared


def own(kind: str) -> Subjects:
    """The thing itself is the sealing subject: `person/<ref>`."""

    def subjects(_peek: Reading, _command: object = None, *, ref: str, **_: object) -> list[str]:
        return [Subject(kind, ref)]

    return subjects


def case_of(row_class: TableClass) -> Subjects:
    """The case of a thing: read from its row, or named by the command that creates it."""

    def subjects(peek: Reading, command: object = None, *, ref: str, **_: object) -> list[str]:
        named = getattr(command, "case_ref", None)
        try:
            return [Subject("case", peek.peek(row_class, ref)["case_ref"])]
        except NotFound:
            return [Subject("case", named)] if named else []

    return subjects
