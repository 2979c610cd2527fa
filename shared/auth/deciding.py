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
    """What is known of one thing: whose parts are in it, and who holds it, is asked, sent it, and took it on.

    `unaddressed` says that somebody may be asked, and nobody was named yet; `unengaged`, that nobody took it on yet.
    What is `gone` was struck out: it lets nobody in, and whoever is barred from it stays so. What bars from a place
    that stands `apart` bars there alone.
    """

    subject: str | None = None
    parts: tuple[Part, ...] = ()
    holder: str | None = None
    addressee: str | None = None
    sender: str | None = None
    unaddressed: bool = False
    engaged: str | None = None
    unengaged: bool = False
    gone: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Decision:
    """Whether it may be done, and the classes of field that may be seen then."""

    allowed: bool = False
    classes: frozenset[FieldClass] = frozenset()


EVERYTHING = Decision(True, frozenset(FieldClass))
"""What the service itself may do."""
REMEMBERED = 10_000
"""Decisions that a process remembers before it begins anew: more than there are ways to stand to something here."""


class Standing(NamedTuple):
    """How a caller stands to one place: the kinds of their parts, and the grounds on which it names their organisation.

    It has nothing of the thing itself, so that what was decided once for a standing holds for all things alike.
    """

    kinds: frozenset[str]
    named: frozenset[Scope]
    apart: bool = False


_NAMING = Scope.OWN_ORGANISATION, Scope.ADDRESSED, Scope.SENDER, Scope.ENGAGED


def standing(caller: Caller, at: Place) -> Standing:
    """How the caller stands to a place."""
    organisations = (at.holder, at.addressee, at.sender, at.engaged)
    named = {scope for scope, one in zip(_NAMING, organisations, strict=True) if one == caller.organisation_ref}
    named |= {Scope.UNADDRESSED} if at.unaddressed else set()
    named |= {Scope.UNENGAGED} if at.unengaged else set()
    return Standing(frozenset(part.kind for part in at.parts if part.of(caller)), frozenset(named), at.apart)


def decide(policy: Policy, caller: Caller, action: str, places: Iterable[Place]) -> Decision:
    """The decision over a thing, which has a place or several. Nothing that no rule lets in is allowed."""
    return judge(policy, caller, action, standings(caller, places))


def standings(caller: Caller, places: Iterable[Place]) -> frozenset[Standing]:
    """How the caller stands to a thing, for several questions about it."""
    return frozenset(standing(caller, at) for at in places)


def judge(policy: Policy, caller: Caller, action: str, stands: frozenset[Standing]) -> Decision:
    """The decision for whoever stands so to a thing: worked out once per standing, since the rules never change."""
    if caller.role is Role.SYSTEM:
        return EVERYTHING
    asked = caller.role, caller.purpose, action, stands
    found = policy.decisions.get(asked)
    if found is None:
        if len(policy.decisions) >= REMEMBERED:
            policy.decisions.clear()
        found = policy.decisions[asked] = _judged(policy, caller.role, policy.admitting(caller, action), stands)
    return found


def _judged(policy: Policy, role: Role, rules: Iterable[Rule], stands: frozenset[Standing]) -> Decision:
    shut = frozenset[str]().union(*(at.kinds for at in stands if not at.apart)) & policy.throughout
    opened = [_opened(policy, role, rule, scope, at, shut) for rule in rules for scope in rule.scopes for at in stands]
    classes = frozenset[FieldClass]().union(*(one for one in opened if one is not None))
    return Decision(any(one is not None for one in opened), classes)


def wrong_purpose(policy: Policy, caller: Caller, action: str, places: Iterable[Place]) -> bool:
    """Whether nothing but the purpose stands in the way: then the caller may know that the thing is there."""
    stands, others = standings(caller, places), (replace(caller, purpose=purpose) for purpose in Purpose)
    return any(judge(policy, other, action, stands).allowed for other in others)


def _opened(
    policy: Policy, role: Role, rule: Rule, scope: Scope, at: Standing, shut: frozenset[str]
) -> frozenset[FieldClass] | None:
    """The classes that a rule opens on one ground; None where that ground does not hold, or is shut everywhere."""
    if (at.kinds | shut) & policy.shutting(scope):
        return None
    known = at.kinds & policy.known(rule, scope)
    if not _holds(policy, scope, at, known):
        return None
    if scope not in BY_RELATION:
        return PLAIN & policy.classes[role] if rule.classes is None else rule.classes
    seen = policy.classes[role]
    opens = frozenset[FieldClass]().union(*(policy.kinds[kind].opens_to(seen) for kind in known))
    return opens if rule.classes is None else opens & rule.classes


def _holds(policy: Policy, scope: Scope, at: Standing, known: frozenset[str]) -> bool:
    """Whether a ground holds, for somebody with these parts in the thing that the rule knows."""
    if scope is Scope.HOLDERS_TEAM:
        return bool(known) and _held(policy, at)
    return scope is Scope.PUBLIC_DIRECTORY or bool(known) or scope in at.named


def holds(policy: Policy, caller: Caller, at: Place) -> bool:
    """Whether the caller's organisation holds the thing: by its name on it, or by its part in it."""
    return _held(policy, standing(caller, at))


def _held(policy: Policy, at: Standing) -> bool:
    by_part = any(policy.kinds[kind].scope is Scope.OWN_ORGANISATION for kind in at.kinds)
    return by_part or Scope.OWN_ORGANISATION in at.named
