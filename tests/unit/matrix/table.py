"""Who may do what, written by hand in the tables beside this and never made from the policy, so that both can differ.

A cell holds the grounds on which a role is let in: `r` a part in it, `o` its own organisation holds it, `t` a part in
it at the organisation that holds it, `a` its organisation is asked, `s` its organisation sent it, `u` nobody was named
yet who is asked, `e` its organisation took it on, `n` nobody took it on yet, `d` nothing in particular. After `|` stand
the classes that are opened, where they are not those of a part or the plain ones; after `by` the kinds of part that
count, where not all do.

Purposes: Protection, Home (repatriation), Screening, Reintegration, Grants, Q reporting, Operation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.auth import Purpose, Role
from shared.model import FieldClass

Classes = frozenset[FieldClass]
HERE = Path(__file__).parent
SERVICES = ("intake", "screening", "referrals", "grants")
PURPOSES = {
    "P": Purpose.PROTECTION,
    "H": Purpose.REPATRIATION,
    "S": Purpose.SCREENING,
    "R": Purpose.REINTEGRATION,
    "G": Purpose.GRANTS,
    "Q": Purpose.REPORTING,
    "O": Purpose.OPERATION,
}
PLAIN = frozenset({FieldClass.WORK, FieldClass.QUASI, FieldClass.CONTROL})


@dataclass(frozen=True)
class Cell:
    """On which grounds a role is let in for these purposes, and the classes and the kinds of part that the row says."""

    action: str
    role: Role
    purposes: frozenset[Purpose]
    grounds: frozenset[str]
    classes: Classes | None
    kinds: frozenset[str]


@dataclass(frozen=True)
class Allowance:
    """What a role may ever see, and what for."""

    classes: Classes
    purposes: frozenset[Purpose]


def _lines(name: str) -> list[list[str]]:
    return [line.split() for line in (HERE / f"{name}.txt").read_text("utf-8").splitlines() if line]


def _classes(words: list[str]) -> Classes:
    return frozenset(map(FieldClass, words))


@cache
def roles() -> dict[str, tuple[Role, Allowance]]:
    """The roles by the heads of the columns."""
    return {
        short: (Role(name), Allowance(_classes(words[:-1]), frozenset(PURPOSES[one] for one in words[-1])))
        for short, name, *words in _lines("roles")[1:]
    }


@cache
def kinds() -> dict[str, tuple[str, Classes]]:
    """The kinds of part: the ground each gives, and what it opens at most. Some give none, and shut.

    A `named` one counts only in rows that name it; a `seat` too, and it opens the same to every role.
    """
    return {name: (ground, _classes(opens)) for name, ground, *opens in _lines("kinds")[1:]}


@cache
def cells(service: str) -> dict[tuple[str, Role], tuple[Cell, ...]]:
    """Every cell of a service in which something stands, and of what all services share."""
    found: dict[tuple[str, Role], tuple[Cell, ...]] = {}
    for name in ("shared", service):
        for cell in _cells(name):
            found[cell.action, cell.role] = (*found.get((cell.action, cell.role), ()), cell)
    return found


@cache
def actions(service: str) -> tuple[str, ...]:
    """Every action of a service, those too that nobody may do."""
    rows = [row[0] for name in ("shared", service) for row in _lines(name)[1:]]
    return tuple(dict.fromkeys(action for row in rows for action in _actions(service, row)))


def _cells(name: str) -> Iterator[Cell]:
    heads, *rows = _lines(name)
    for row, purposes, *rest in rows:
        grounds, said, by = rest[: len(heads)], _after("|", rest), frozenset(_after("by", rest))
        for action in _actions(name, row):
            for head, cell in zip(heads, grounds, strict=True):
                if cell != ".":
                    these = frozenset(PURPOSES[one] for one in purposes)
                    yield Cell(action, roles()[head][0], these, frozenset(cell), _classes(said) if said else None, by)


def _after(mark: str, words: list[str]) -> list[str]:
    """The words after a mark, up to the next one."""
    if mark not in words:
        return []
    rest = words[words.index(mark) + 1 :]
    return rest[: rest.index("by")] if "by" in rest else rest


def _actions(service: str, row: str) -> Iterator[str]:
    thing, verbs = row.rsplit(".", 1)
    prefix = thing.removeprefix("/") if thing.startswith("/") else f"{service}.{thing}"
    return (f"{prefix}.{verb}" for verb in verbs.split(","))
