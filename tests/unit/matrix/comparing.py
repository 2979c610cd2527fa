"""Compares every cell of the tables with the evaluator: role, purpose, action, ground, kind of part and class."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.auth import EVERYBODY, Caller, Part, Place, Policy, Purpose, Role, decide
from tests.unit.matrix.table import PLAIN, Cell, Classes, actions, cells, kinds, roles

ME, OTHER = "a" * 32, "b" * 32
MINE, THEIRS = "c" * 32, "d" * 32
SUBJECT = f"case/{'e' * 32}"
SHUT, BARRED = Part(EVERYBODY, EVERYBODY, "VOIDED"), Part(EVERYBODY, ME, "BARRED")
GONE, ERASED = Part(MINE, ME, "GONE"), Part(EVERYBODY, EVERYBODY, "ERASED")


class World(NamedTuple):
    """One thing, with the grounds that hold there for the caller, and the parts that they have in it."""

    place: Place
    grounds: str
    parts: tuple[str, ...] = ()
    directory: bool = True
    """Whether what is nobody's in particular is open to the caller, as to everybody who did not leave."""


def mine(kind: str) -> Part:
    return Part(MINE, EVERYBODY if kind in ("HOLDER", "HOSTS", "INFORMED") else ME, kind)


CALLERS = {(role, purpose): Caller(ME, MINE, role, purpose) for role in Role for purpose in Purpose}
TEAM = mine("TEAM")
WORLDS = (
    World(Place(SUBJECT), ""),
    *(
        World(Place(SUBJECT, (mine(kind),)), "o" if ground == "o" else "r", (kind,))
        for kind, (ground, _) in kinds().items()
        if ground != "shuts"
    ),
    World(Place(SUBJECT, holder=MINE), "o"),
    World(Place(SUBJECT, addressee=MINE), "a"),
    World(Place(SUBJECT, sender=MINE), "s"),
    World(Place(SUBJECT, unaddressed=True), "u"),
    World(Place(SUBJECT, engaged=MINE), "e"),
    World(Place(SUBJECT, unengaged=True), "n"),
    *(
        World(Place(SUBJECT, (mine(kind),), MINE), "rot", (kind,))
        for kind, (ground, _) in kinds().items()
        if ground in ("r", "named", "seat")
    ),
    World(Place(SUBJECT, (TEAM, mine("HOLDER"))), "rot", ("TEAM",)),
    World(Place(SUBJECT, (TEAM, mine("HOSTS"), SHUT), MINE, MINE, MINE, engaged=MINE), "os"),
    World(Place(SUBJECT, (TEAM, ERASED), MINE, MINE, MINE, True, MINE, True), ""),
    World(Place(SUBJECT, (TEAM, BARRED), MINE, MINE, MINE, True, MINE, True), ""),
    World(Place(SUBJECT, (TEAM, GONE), MINE, MINE, MINE, True, MINE, True), "", directory=False),
    World(Place(SUBJECT, (TEAM,), THEIRS, THEIRS, THEIRS, engaged=THEIRS), "r", ("TEAM",)),
    World(Place(SUBJECT, (Part(THEIRS, ME, "TEAM"), Part(MINE, OTHER, "TEAM")), THEIRS, THEIRS, THEIRS), ""),
)
GIVING = tuple(mine(kind) for kind, (ground, _) in kinds().items() if ground != "shuts")
ALL = Place(SUBJECT, GIVING, MINE, MINE, MINE, True, MINE, True)
"""Where every ground holds at once."""


def expected(found: Iterable[Cell], seen: Classes, world: World) -> tuple[bool, Classes]:
    """What the cells of an action and a role say about a thing: whether, and the classes it opens."""
    allowed, classes = False, frozenset[object]()
    for cell in found:
        for ground in cell.grounds & {*world.grounds, *("d" if world.directory else "")}:
            if ground not in "rt" or _counting(cell, world):
                allowed, classes = True, classes | _opened(cell, ground, seen, world)
    return allowed, classes  # type: ignore[return-value]


def _opened(cell: Cell, ground: str, seen: Classes, world: World) -> Classes:
    if ground not in "rt":
        return PLAIN & seen if cell.classes is None else cell.classes
    found = (kinds()[kind] for kind in _counting(cell, world))
    opens: Classes = frozenset().union(*(most if gives == "seat" else most & seen for gives, most in found))
    return opens if cell.classes is None else opens & cell.classes


def _counting(cell: Cell, world: World) -> list[str]:
    """The caller's parts that the row counts: those it names, or all that need no naming."""
    return [kind for kind in world.parts if (kind in cell.kinds if cell.kinds else kinds()[kind][0] in "ro")]


def differences(policy: Policy, service: str, only: Iterable[str] | None = None) -> Iterator[str]:
    """Where the evaluator says otherwise than the table, in words; over these actions, or all."""
    table = cells(service)
    for action in actions(service) if only is None else only:
        for role, allowance in roles().values():
            found = table.get((action, role), ())
            for purpose in Purpose:
                these = [one for one in found if purpose in one.purposes and purpose in allowance.purposes]
                yield from _of(policy, action, role, purpose, these, allowance.classes)


def _of(policy: Policy, action: str, role: Role, purpose: Purpose, found: list[Cell], seen: Classes) -> Iterator[str]:
    caller = CALLERS[role, purpose]
    if not found and decide(policy, caller, action, (ALL,)).allowed:
        yield f"{action}: {role} for {purpose} is let in by no cell"
    for world in WORLDS if found else ():
        said = decide(policy, caller, action, (world.place,))
        if (said.allowed, said.classes) != (wanted := expected(found, seen, world)):
            yield f"{action}: {role} for {purpose} at {world.grounds or '-'} {world.parts}: {said} is not {wanted}"
