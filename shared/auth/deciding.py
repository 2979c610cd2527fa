"""The evaluator: may this caller do this, and which classes of field does that open? Pure; nothing is read here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from shared.auth.caller import Caller, Purpose, Role
from shared.auth.policy import BY_RELATION, PLAIN, Policy, Rule, Scope
from shared.model import FieldClass

EVERYBODY = ""
"""Where a part names nobody: it is that of a whole organisation, or one that shuts everybody out."""


class Part(NamedTuple):
    """The part that a person, or a whole organisation, has in a thing; a person's own `since` a moment."""

    organisation_ref: str
    staff_ref: str
    kind: str
    since: datetime | None = None

    def of(self, caller: Caller) -> bool:
        """Whether it is this caller's. The same person at another organisation has none of it."""
        return self.organisation_ref in (EVERYBODY, caller.organisation_ref) and self.staff_ref in (
            EVERYBODY,
            caller.staff_ref,
        )


class Place(NamedTuple):
    """What is known of one thing: whose parts are in it, which organisations hold it, are asked, and sent it.

    `unaddressed` says that somebody may be asked, and nobody was named yet.
    """

    subject: str | None = None
    parts: tuple[Part, ...] = ()
    holder: str | None = None
    addressee: str | None = None
    sender: str | None = None
    unaddressed: bool = False


@dataclass(frozen=True)
class Decision:
    """Whether it may be done, and the classes of field that may be seen then."""

    allowed: bool = False
    classes: frozenset[FieldClass] = frozenset()


def decide(policy: Policy, caller: Caller, action: str, places: Iterable[Place]) -> Decision:
    """The decision over a thing, which has a place or several. Nothing that no rule lets in is allowed."""
    if caller.role is Role.SYSTEM:
        return Decision(True, frozenset(FieldClass))
    rules, found = policy.admitting(caller, action), tuple(places)
    shut = frozenset(part.kind for at in found for part in at.parts if part.of(caller)) & policy.throughout
    opened = [_opened(policy, caller, rule, scope, at, shut) for rule in rules for scope in rule.scopes for at in found]
    classes = frozenset[FieldClass]().union(*(one for one in opened if one is not None))
    return Decision(any(one is not None for one in opened), classes)


def wrong_purpose(policy: Policy, caller: Caller, action: str, places: Iterable[Place]) -> bool:
    """Whether nothing but the purpose stands in the way: then the caller may know that the thing is there."""
    found, others = tuple(places), (replace(caller, purpose=purpose) for purpose in Purpose)
    return any(decide(policy, other, action, found).allowed for other in others)


def _opened(
    policy: Policy, caller: Caller, rule: Rule, scope: Scope, at: Place, shut: frozenset[str]
) -> frozenset[FieldClass] | None:
    """The classes that a rule opens on one ground; None where that ground does not hold, or is shut everywhere."""
    kinds = frozenset(part.kind for part in at.parts if part.of(caller))
    if (kinds | shut) & policy.shutting(scope):
        return None
    known = kinds & policy.known(rule, scope)
    if not _holds(policy, caller, scope, at, known):
        return None
    if scope not in BY_RELATION:
        return PLAIN & policy.classes[caller.role] if rule.classes is None else rule.classes
    opens = frozenset[FieldClass]().union(*(policy.kinds[kind].opens for kind in known)) & policy.classes[caller.role]
    return opens if rule.classes is None else opens & rule.classes


def _holds(policy: Policy, caller: Caller, scope: Scope, at: Place, known: frozenset[str]) -> bool:
    """Whether a ground holds, for a caller with these parts in the thing that the rule knows."""
    if scope is Scope.HOLDERS_TEAM:
        return bool(known) and holds(policy, caller, at)
    open_to_all = scope is Scope.PUBLIC_DIRECTORY or (scope is Scope.UNADDRESSED and at.unaddressed)
    return open_to_all or bool(known) or _named(at, scope) == caller.organisation_ref


def holds(policy: Policy, caller: Caller, at: Place) -> bool:
    """Whether the caller's organisation holds the thing: by its name on it, or by its part in it."""
    parts = {part.kind for part in at.parts if part.of(caller)}
    return at.holder == caller.organisation_ref or any(
        policy.kinds[kind].scope is Scope.OWN_ORGANISATION for kind in parts
    )


def _named(at: Place, scope: Scope) -> str | None:
    """The organisation that stands on the thing itself for a ground."""
    named = {Scope.OWN_ORGANISATION: at.holder, Scope.ADDRESSED: at.addressee, Scope.SENDER: at.sender}
    return named.get(scope)
