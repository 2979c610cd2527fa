"""What a caller may do: the policy as data, and the decision over one action.

The rows of a service lie in its own `policy.toml` and are handed over with the service. The classes of field that a
role may ever see, and the rows of what all services answer alike, lie beside this module. A refusal looks like "not
found".
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol, Self

from shared.auth.caller import Caller, Role
from shared.errors import NotFound
from shared.model import FieldClass


class World(Protocol):
    """Where a decision finds the policy, and who works on what."""

    @property
    def policy(self) -> "Policy": ...

    def related(self, caller: Caller, subject: str) -> bool: ...

    def note(self, action: str, subject: str | None) -> None: ...


@dataclass(frozen=True)
class Rule:
    """One row of the policy: the roles that may do an action, and whether they need a relation to its subject."""

    roles: frozenset[Role]
    relation: bool


@dataclass(frozen=True)
class Policy:
    """Which roles may do which action, and which classes of field a role may see."""

    rules: Mapping[str, Rule]
    classes: Mapping[Role, frozenset[FieldClass]]

    @classmethod
    def of(cls, *packages: str) -> Self:
        """The policy of these packages: the rows of each `policy.toml`, and those that hold everywhere."""
        base = _table(__package__)
        classes = {Role(role): frozenset(map(FieldClass, names)) for role, names in base.pop("classes").items()}
        rules: dict[str, Rule] = {}
        for action, row in (pair for table in (base, *map(_table, packages)) for pair in table.items()):
            rules[action] = Rule(frozenset(map(Role, row["roles"])), bool(row.get("relation", False)))
        return cls(rules, classes)


def _table(package: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath("policy.toml").read_text("utf-8"))


def may(world: World, caller: Caller, action: str, subject: str | None = None) -> bool:
    """Whether the policy lets the caller do the action on the subject. An action without a row is denied."""
    rule = world.policy.rules.get(action)
    if caller.role is Role.SYSTEM:
        return True
    if rule is None or caller.role not in rule.roles:
        return False
    return not rule.relation or (subject is not None and world.related(caller, subject))


def authorise(world: World, caller: Caller, action: str, subject: str | None = None) -> None:
    """The first line of every handler and query. Raises NotFound, which is what a missing thing looks like too."""
    world.note(action, subject)
    if not may(world, caller, action, subject):
        raise NotFound()


def readable(world: World, caller: Caller, field_class: FieldClass, subject: str) -> bool:
    """Whether this caller may see values of a class about a subject: by role, and beyond C1 by relation too."""
    if field_class not in world.policy.classes.get(caller.role, frozenset()):
        return False
    return field_class in (FieldClass.WORK, FieldClass.QUASI, FieldClass.CONTROL) or world.related(caller, subject)
