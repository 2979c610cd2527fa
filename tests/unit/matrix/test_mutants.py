"""Each row of the policy is deleted or flipped in turn, in memory: each time the tables written by hand disagree."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from shared.auth import Policy, Purpose, Role, Rule, Scope
from shared.auth.policy import BY_RELATION
from shared.model import FieldClass
from tests.unit.matrix.comparing import differences
from tests.unit.matrix.table import SERVICES

ALL, WORK = frozenset(FieldClass), frozenset({FieldClass.WORK})
ANYBODY = (Scope.RELATION, Scope.OWN_ORGANISATION)
Mutant = tuple[str, str, Policy]
T = TypeVar("T")


def _policy(service: str) -> Policy:
    return Policy.of(f"services.{service}")


def _taken(of: Policy, rule: Rule, what: Callable[[Rule], frozenset[T]]) -> frozenset[T]:
    """What all rows of the action say together: nothing of that can be added to one of them and be seen."""
    return frozenset[T]().union(*(what(one) for one in of.by_action[rule.action]))


def _narrowed(rule: Rule, of: Policy, number: int) -> Iterator[tuple[str, Rule | None]]:
    """The row gone, and with one role, purpose, ground, kind or class less."""
    yield "dropped", None
    role = _one(sorted(rule.roles), number)
    yield f"without {role}", replace(rule, roles=rule.roles - {role})
    purpose = _one(sorted(rule.purposes & _held(rule, of)), number)
    yield f"without {purpose}", replace(rule, purposes=rule.purposes - {purpose})
    scope = _one(rule.scopes, number)
    yield f"without {scope}", replace(rule, scopes=tuple(one for one in rule.scopes if one is not scope))
    if rule.classes != WORK:
        yield "opening work alone", replace(rule, classes=WORK)
    if BY_RELATION & {*rule.scopes}:
        one = frozenset({"PLAN" if rule.kinds == {"TEAM"} else "TEAM"})
        yield f"for {min(one)} alone", replace(rule, kinds=one)
    if rule.kinds:
        yield "for any kind", replace(rule, kinds=frozenset())


def _widened(rule: Rule, of: Policy, number: int) -> Iterator[tuple[str, Rule | None]]:
    """The row with one role, purpose or ground more, and with all classes."""
    roles = set(of.purposes) - _taken(of, rule, lambda one: one.roles)
    if others := sorted(role for role in roles if of.purposes[role] & rule.purposes):
        role = _one(others, number)
        yield f"with {role}", replace(rule, roles=rule.roles | {role})
    if unnamed := sorted(_held(rule, of) - _taken(of, rule, lambda one: one.purposes)):
        purpose = _one(unnamed, number)
        yield f"with {purpose}", replace(rule, purposes=rule.purposes | {purpose})
    grounds = _taken(of, rule, lambda one: frozenset(one.scopes))
    # A team is of the holder: where the holder's people are let in to what the row says itself, it adds nothing.
    whole = Scope.OWN_ORGANISATION in grounds and rule.classes is not None
    implied = {Scope.HOLDERS_TEAM} if Scope.RELATION in grounds or whole else set[Scope]()
    if Scope.PUBLIC_DIRECTORY not in grounds:
        for scope in (one for one in Scope if one not in grounds | implied):
            yield f"with {scope}", replace(rule, scopes=(*rule.scopes, scope))
    if {*rule.scopes} - BY_RELATION:
        yield "opening everything", replace(rule, classes=ALL)


def _held(rule: Rule, of: Policy) -> set[Purpose]:
    """The purposes that its roles may have at all."""
    return {purpose for role in rule.roles for purpose in of.purposes[role]}


def _one(choices: Sequence[T], number: int) -> T:
    """One of several, another at each row."""
    return choices[number % len(choices)]


def _of_rows(of: Policy) -> Iterator[Mutant]:
    for number, rule in enumerate(rule for rule in of.rules if rule.roles):
        for what, other in (*_narrowed(rule, of, number), *_widened(rule, of, number)):
            same = (other if one is rule else one for one in of.by_action[rule.action])
            yield f"{rule.name} {what}", rule.action, replace(of, rules=tuple(one for one in same if one is not None))


def _of_roles(of: Policy) -> Iterator[Mutant]:
    for role in of.classes:
        action = next(rule.action for rule in of.rules if role in rule.roles and Scope.PUBLIC_DIRECTORY in rule.scopes)
        purpose = min(of.purposes[role])
        yield f"{role} without {purpose}", action, _but_purposes(of, role, of.purposes[role] - {purpose})
        yield f"{role} sees nothing", action, replace(of, classes={**of.classes, role: frozenset()})


def _but_purposes(of: Policy, role: Role, purposes: frozenset[Purpose]) -> Policy:
    return replace(of, purposes={**of.purposes, role: purposes})


def _of_kinds(of: Policy) -> Iterator[Mutant]:
    related = next(rule.action for rule in of.rules if rule.scopes == ANYBODY and not rule.kinds)
    for name, kind in of.kinds.items():
        if kind.named:
            yield from _of_named(of, name)
            continue
        left = {one: other for one, other in of.kinds.items() if one != name}
        yield f"{name} dropped", related, replace(of, kinds=left)
        for opens in (kind.opens - {FieldClass.WORK}, kind.opens | ALL):
            if kind.opens and kind.scope is Scope.RELATION and opens != kind.opens:
                yield f"{name} opening other", related, replace(of, kinds={**left, name: replace(kind, opens=opens)})


def _of_named(of: Policy, name: str) -> Iterator[Mutant]:
    """A kind that counts only in rows that name it, and opens there what they say."""
    kind, left = of.kinds[name], {one: other for one, other in of.kinds.items() if one != name}
    for rule in (rule for rule in of.rules if name in rule.kinds):
        yield f"{name} dropped from {rule.name}", rule.action, replace(of, kinds=left)
        other = replace(kind, every_role=not kind.every_role)
        if any(not kind.opens <= of.classes[role] for role in rule.roles) and rule.classes is None:
            yield f"{name} opening by other roles in {rule.name}", rule.action, replace(of, kinds={**left, name: other})
        less = replace(kind, opens=kind.opens - {FieldClass.WORK})
        yield f"{name} opening other in {rule.name}", rule.action, replace(of, kinds={**left, name: less})


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("of", [pytest.param(_of_rows, marks=pytest.mark.slow), _of_roles, _of_kinds])
def test_no_change_of_the_policy_goes_unseen(service: str, of: Callable[[Policy], Iterator[Mutant]]) -> None:
    found = list(of(_policy(service)))
    unseen = [name for name, action, mutant in found if next(differences(mutant, service, [action]), None) is None]
    assert len(found) > len(SERVICES)
    assert "\n".join(unseen) == ""
