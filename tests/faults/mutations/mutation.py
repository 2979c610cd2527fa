"""How a guard is broken."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """`before` stands exactly once in `path`; `after` breaks the guard. `also` are further changes to the same file."""

    guard: str
    path: str
    before: str
    after: str
    test: str
    also: tuple[tuple[str, str], ...] = ()
