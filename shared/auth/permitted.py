"""What a role may do for a purpose, before anything in particular is asked about: for front ends and for documents."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.auth.caller import Caller
from shared.auth.deciding import Place, decide
from shared.auth.policy import BY_RELATION, Policy, Rule, Scope
from shared.codes.lists import lookup


@dataclass(frozen=True)
class Permitted:
    """An action that some rule lets the caller do, the grounds of which one must hold, and the parts that count.

    `anything`: it may be done about nothing in particular, such as reading a directory.
    """

    action: str
    grounds: tuple[Scope, ...]
    kinds: tuple[str, ...]
    anything: bool


def permitted(policy: Policy, caller: Caller) -> Iterator[Permitted]:
    """Every action that the caller may do to something, in the order of the policy."""
    for action in policy.by_action:
        rules = policy.admitting(caller, action)
        if rules:
            grounds = {scope for rule in rules for scope in rule.scopes}
            anything = decide(policy, caller, action, (Place(),)).allowed
            yield Permitted(action, tuple(each for each in Scope if each in grounds), given(policy, *rules), anything)


def given(policy: Policy, *rules: Rule) -> tuple[str, ...]:
    """The kinds of part that open what these rules are about, and that somebody can be given."""
    kinds = {
        kind for rule in rules for scope in rule.scopes if scope in BY_RELATION for kind in policy.known(rule, scope)
    }
    return tuple(kind for kind in lookup("relation_kind").codes if kind in kinds)
