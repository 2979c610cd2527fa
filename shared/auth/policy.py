"""The policy as data: which rules there are, and which kinds of part somebody may have in a thing.

The rules of a service lie in its own `policy.toml` and are handed over with the service. What every service shares lies
beside this module: roles, kinds, and the rules of what all services answer alike. `deciding` judges one thing by these
rows and `predicates` writes the same rule for a list; nobody else reads them.
"""

import tomllib
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from typing import Any, Self

from shared.auth.caller import Caller, Purpose, Role
from shared.codes import labelled
from shared.model import FieldClass


@labelled("ground")
class Scope(StrEnum):
    """On which ground a rule lets somebody at a thing."""

    RELATION = "relation"
    OWN_ORGANISATION = "own_organisation"
    ADDRESSED = "addressed"
    SENDER = "sender"
    HOLDERS_TEAM = "holders_team"
    UNADDRESSED = "unaddressed"
    ENGAGED = "engaged"
    UNENGAGED = "unengaged"
    PUBLIC_DIRECTORY = "public_directory"


BY_RELATION = frozenset({Scope.RELATION, Scope.HOLDERS_TEAM})
"""The grounds for which somebody needs a part of their own, in the second case at the organisation that holds it."""


@dataclass(frozen=True)
class Kind:
    """One kind of part: the ground it gives, the classes it opens at most, and the grounds it takes away.

    What belongs to several others is shut with one of them, if the kind holds `throughout`. A `named` one counts only
    for rules that name it. What one opens to `every_role` does not depend on what a role may see elsewhere.
    """

    name: str
    scope: Scope
    opens: frozenset[FieldClass]
    shuts: frozenset[Scope]
    throughout: bool
    named: bool
    every_role: bool = False

    def opens_to(self, seen: frozenset[FieldClass]) -> frozenset[FieldClass]:
        """What it opens to a role that may see these classes."""
        return self.opens if self.every_role else self.opens & seen


@dataclass(frozen=True)
class Rule:
    """One row: an action, the roles and purposes it is for, on which grounds, and the classes it opens.

    No `kinds` means any part that gives a relation. Without `classes` a relation opens what its kind opens, and any
    other ground what tells nobody who somebody is.
    """

    name: str
    action: str
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    scopes: tuple[Scope, ...]
    kinds: frozenset[str]
    classes: frozenset[FieldClass] | None


PLAIN = frozenset({FieldClass.WORK, FieldClass.QUASI, FieldClass.CONTROL})
"""What a ground other than a relation opens, where its rule does not say."""


@dataclass(frozen=True)
class Policy:
    """All rows of one service."""

    rules: tuple[Rule, ...]
    kinds: Mapping[str, Kind]
    classes: Mapping[Role, frozenset[FieldClass]]
    purposes: Mapping[Role, frozenset[Purpose]]

    @classmethod
    def of(cls, *packages: str) -> Self:
        """The policy of these packages: the rows of each `policy.toml`, and those that hold everywhere."""
        base = _table(__package__)
        kinds = {name: _kind(name, row) for name, row in base.pop("kinds").items()}
        roles = {Role(name): row for name, row in base.pop("roles").items()}
        tables = (base, *map(_table, packages))
        return cls(
            rules=tuple(rule for table in tables for action, found in table.items() for rule in _rules(action, found)),
            kinds=kinds,
            classes={role: frozenset(map(FieldClass, row["classes"])) for role, row in roles.items()},
            purposes={role: frozenset(map(Purpose, row["purposes"])) for role, row in roles.items()},
        )

    @cached_property
    def by_action(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules of each action. An action without one is denied to everybody."""
        return {action: tuple(self._of(action)) for action in dict.fromkeys(rule.action for rule in self.rules)}

    def _of(self, action: str) -> Iterator[Rule]:
        return (rule for rule in self.rules if rule.action == action)

    def admitting(self, caller: Caller, action: str) -> tuple[Rule, ...]:
        """The rules of the action that are for this caller's role and purpose."""
        asked = caller.role, caller.purpose, action
        if asked not in self._admitting:
            self._admitting[asked] = tuple(self._for(*asked))
        return self._admitting[asked]

    @cached_property
    def _admitting(self) -> dict[tuple[Role, Purpose, str], tuple[Rule, ...]]:
        """What was found before: the rules never change, and every row of a list asks for all its operations."""
        return {}

    @cached_property
    def decisions(self) -> dict[Hashable, Any]:
        """What the evaluator found before; it alone writes here."""
        return {}

    def _for(self, role: Role, purpose: Purpose, action: str) -> Iterator[Rule]:
        found = self.by_action.get(action, ()) if purpose in self.purposes.get(role, frozenset()) else ()
        return (rule for rule in found if role in rule.roles and purpose in rule.purposes)

    def known(self, rule: Rule, scope: Scope) -> frozenset[str]:
        """The kinds of part by which a rule lets in on that ground."""
        kinds = self._giving[Scope.RELATION if scope in BY_RELATION else scope]
        if rule.kinds and scope in BY_RELATION:
            return kinds & rule.kinds
        return frozenset(name for name in kinds if not self.kinds[name].named)

    def shutting(self, scope: Scope) -> frozenset[str]:
        """The kinds of part that take that ground away."""
        return self._taking[Scope.RELATION if scope in BY_RELATION else scope]

    @cached_property
    def _giving(self) -> Mapping[Scope, frozenset[str]]:
        return {
            scope: frozenset(name for name, kind in self.kinds.items() if kind.scope is scope and kind.opens)
            for scope in Scope
        }

    @cached_property
    def _taking(self) -> Mapping[Scope, frozenset[str]]:
        return {scope: frozenset(name for name, kind in self.kinds.items() if scope in kind.shuts) for scope in Scope}

    @cached_property
    def throughout(self) -> frozenset[str]:
        """The kinds that shut all of a thing which belongs to several others."""
        return frozenset(name for name, kind in self.kinds.items() if kind.throughout)


def _table(package: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath("policy.toml").read_text("utf-8"))


def _kind(name: str, row: Mapping[str, Any]) -> Kind:
    return Kind(
        name,
        Scope(row.get("scope", Scope.RELATION)),
        frozenset(map(FieldClass, row.get("opens", ()))),
        frozenset(map(Scope, row.get("shuts", ()))),
        row.get("throughout", False),
        row.get("named", False),
        row.get("every_role", False),
    )


def _rules(action: str, found: Any) -> Iterator[Rule]:
    """An action has one row, or several where they differ."""
    for number, row in enumerate(found if isinstance(found, list) else [found], 1):
        classes = row.get("classes")
        yield Rule(
            f"{action}#{number}",
            action,
            frozenset(map(Role, row["roles"])),
            frozenset(map(Purpose, row["purposes"])),
            tuple(map(Scope, row["scope"])),
            frozenset(row.get("kinds", ())),
            None if classes is None else frozenset(map(FieldClass, classes)),
        )
