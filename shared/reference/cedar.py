"""The policy in Cedar's words, for partners to read and for tests to ask: written from the same rows, by other means.

A thing has, for each kind of part, the set of those who have one. A request names what it is for in its context: the
role, the purpose, and the class of field that is to be seen, or `ROW` where only the thing itself is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from shared.auth import Policy, Rule, Scope
from shared.auth.policy import BY_RELATION, PLAIN
from shared.model import FieldClass

W = TypeVar("W")
OR = "\n        || "
ROW = "ROW"
"""Asks for the thing itself: may it be read, or the command be given?"""
NAMED = {
    Scope.OWN_ORGANISATION: "holder",
    Scope.ADDRESSED: "addressee",
    Scope.SENDER: "sender",
    Scope.ENGAGED: "engaged",
}
NOBODY_YET = (Scope.UNADDRESSED, Scope.UNENGAGED)
WHO = '[principal.self, principal.organisation, Party::"everybody"]'


def schema(policy: Policy) -> str:
    """What a request may speak of. It always goes along: without it Cedar skips a rule that misses something."""
    kinds = "".join(f"    {kind}: Set<Party>,\n" for kind in policy.kinds)
    named = "".join(f"    {name}?: Party,\n" for name in NAMED.values())
    nobody_yet = "".join(f"    {scope}: Bool,\n" for scope in NOBODY_YET)
    actions = ", ".join(f'"{action}"' for action in policy.by_action)
    return (
        "entity Party;\n"
        "entity Worker {\n    self: Party,\n    organisation: Party,\n};\n"
        f"entity Thing {{\n{named}{nobody_yet}{kinds}}};\n"
        f"action {actions} appliesTo {{\n    principal: Worker,\n    resource: Thing,\n"
        "    context: { role: String, purpose: String, class: String },\n};\n"
    )


def policies(policy: Policy, action: str | None = None) -> Mapping[str, str]:
    """The text of every rule by its name, or of those of one action, in order.

    Cedar answers with positions, so whoever asks keeps these names. A rule for no role is the service's own matter.
    """
    rules = (rule for rule in policy.rules if rule.roles and action in (None, rule.action))
    return dict(pair for rule in rules for scope in rule.scopes for pair in _permits(policy, rule, scope))


def _permits(policy: Policy, rule: Rule, scope: Scope) -> Iterator[tuple[str, str]]:
    """A rule on one ground: a text for the kinds of part that open the same, and one for what the thing itself says."""
    for (opens, every_role), kinds in _opening(policy, rule, scope):
        ground = OR.join(f"resource.{kind}.containsAny({WHO})" for kind in kinds)
        ground = f"({ground})" if len(kinds) > 1 else ground
        if scope is Scope.HOLDERS_TEAM:
            ground += f" && ({_held(policy, rule)})"
        yield f"{rule.name} {scope} {' '.join(kinds)}", _permit(policy, rule, scope, ground, opens, every_role)
    if scope is Scope.PUBLIC_DIRECTORY:
        yield f"{rule.name} {scope}", _permit(policy, rule, scope, "true", PLAIN)
    elif scope in NOBODY_YET:
        yield f"{rule.name} {scope}", _permit(policy, rule, scope, f"resource.{scope}", PLAIN)
    elif scope in NAMED:
        name = NAMED[scope]
        yield f"{rule.name} {scope} {name}", _permit(policy, rule, scope, _names(name), PLAIN)


def _opening(
    policy: Policy, rule: Rule, scope: Scope
) -> Iterator[tuple[tuple[frozenset[FieldClass], bool], list[str]]]:
    """The kinds of part that count, together where they open the same: apart those that do so to every role."""
    known = sorted(policy.known(rule, scope))
    for every_role in (False, True):
        kinds = (kind for kind in known if policy.kinds[kind].every_role is every_role)
        found = ((kind, policy.kinds[kind].opens if scope in BY_RELATION else PLAIN) for kind in kinds)
        yield from (((opens, every_role), named) for opens, named in _together(found))


def _names(name: str) -> str:
    return f"resource has {name} && resource.{name} == principal.organisation"


def _held(policy: Policy, rule: Rule) -> str:
    """The caller's organisation holds it: by its name on it, or by its part in it."""
    kinds = sorted(policy.known(rule, Scope.OWN_ORGANISATION))
    return " || ".join(
        [f"({_names(NAMED[Scope.OWN_ORGANISATION])})", *(f"resource.{kind}.containsAny({WHO})" for kind in kinds)]
    )


def _permit(
    policy: Policy, rule: Rule, scope: Scope, ground: str, opens: frozenset[FieldClass], every_role: bool = False
) -> str:
    shut = [f"    !resource.{kind}.containsAny({WHO}) &&" for kind in sorted(policy.shutting(scope))]
    seen = f"({_classes(policy, rule, scope, opens, every_role)})"
    return "\n".join(
        (
            f'permit (principal, action == Action::"{rule.action}", resource) when {{',
            f"    ({_purposes(policy, rule)}) &&",
            *shut,
            f"    {ground} &&",
            f"    {seen}",
            "};",
        )
    )


def _purposes(policy: Policy, rule: Rule) -> str:
    """The roles, and for which purposes each."""
    return _each(((role, rule.purposes & policy.purposes[role]) for role in sorted(rule.roles)), "purpose")


def _classes(policy: Policy, rule: Rule, scope: Scope, opens: frozenset[FieldClass], every_role: bool) -> str:
    """The classes open to each role. What a rule says itself goes before its role, unless it asks for a relation."""
    if rule.classes is not None and scope not in BY_RELATION:
        return f"{_strings([ROW, *sorted(rule.classes)])}.contains(context.class)"
    least = opens if rule.classes is None else opens & rule.classes
    seen = {role: least if every_role else least & policy.classes[role] for role in sorted(rule.roles)}
    return _each(((role, classes | {ROW}) for role, classes in seen.items()), "class")


def _each(said: Iterable[tuple[str, Iterable[str]]], named: str) -> str:
    """Roles of whom the same is said, together: the request is of one of them, and names one of the words."""
    each = (
        f"({_strings(roles)}.contains(context.role) && {_strings(words)}.contains(context.{named}))"
        for words, roles in _together((role, frozenset(words)) for role, words in said)
    )
    return OR.join(each) or "false"


def _together(said: Iterable[tuple[str, frozenset[W]]]) -> Iterator[tuple[frozenset[W], list[str]]]:
    """Those of whom the same is said, in the order in which it is said first."""
    found: dict[frozenset[W], list[str]] = {}
    for name, what in said:
        found.setdefault(what, []).append(name)
    yield from found.items()


def _strings(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in sorted(words)) + "]"


def page(policy: Policy) -> str:
    """The whole text for partners to read, each rule under its name."""
    return "\n\n".join(f"// {name}\n{text}" for name, text in policies(policy).items()) + "\n"
