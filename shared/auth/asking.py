"""Asks the policy on behalf of a handler: gathers what is known of the thing, decides, and refuses.

A refusal looks like "not found", unless nothing but the purpose stands in the way or, of a command, nothing but a part
in a thing that the caller may read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from shared.auth.caller import Caller, Purpose, Role
from shared.auth.deciding import Decision, Part, Place, decide, judge, standings, wrong_purpose
from shared.auth.lacking import RelationNeeded, would_do
from shared.auth.leaving import Leaving, gone
from shared.auth.policy import Policy
from shared.errors import HomewardError, NotFound

About = str | Sequence[Place] | None
"""What is asked about: a subject, the places of a thing, or nothing in particular."""


class PurposeRefused(HomewardError):
    """The rule is not for this purpose; for another the same person, in the same role, would be let in."""

    status = 403
    code = "purpose_not_for_this"


class World(Protocol):
    """Where a decision finds the policy, and who has which part in what."""

    @property
    def policy(self) -> Policy: ...

    def parts(self, caller: Caller, subject: str) -> Sequence[Part]: ...

    def leaving(self, caller: Caller) -> Leaving: ...

    def note(self, action: str, subject: str | None) -> None: ...


def known(world: World, caller: Caller, about: About) -> tuple[Place, ...]:
    """The places of a thing with all parts in it that are the caller's and count. Who left has one that shuts all."""
    places = tuple(_with_parts(world, caller, at) for at in _places(about))
    leaving = world.leaving(caller)
    if leaving.away:
        return tuple(at._replace(parts=(*at.parts, gone(caller))) for at in places)
    if leaving.back is None:
        return places
    return tuple(at._replace(parts=tuple(part for part in at.parts if leaving.lets(caller, part))) for at in places)


def _with_parts(world: World, caller: Caller, at: Place) -> Place:
    if at.subject is None:
        return at
    found = world.parts(caller, at.subject)
    # Of what was struck out counts only what keeps somebody away: a bar is of the person, and outlives the case.
    counts = [part for part in found if part.kind in world.policy.throughout] if at.gone else found
    return at._replace(parts=(*at.parts, *counts))


def _places(about: About) -> Sequence[Place]:
    return (Place(about),) if about is None or isinstance(about, str) else about


def decided(world: World, caller: Caller, action: str, about: About = None) -> Decision:
    """The decision over an action. Parts are looked up only where a rule is for the caller."""
    return decide(world.policy, caller, action, _asked_about(world, caller, (action,), about))


def offered(
    world: World, caller: Caller, operations: Mapping[str, Iterable[str]], about: About = None
) -> tuple[str, ...]:
    """Those of the operations, named with the actions each asks for, that the caller may carry out on a thing."""
    every = [action for actions in operations.values() for action in actions]
    stands, policy = standings(caller, _asked_about(world, caller, every, about)), world.policy
    allowed = {action for action in every if judge(policy, caller, action, stands).allowed}
    return tuple(name for name, actions in operations.items() if allowed.issuperset(actions))


def _asked_about(world: World, caller: Caller, actions: Iterable[str], about: About) -> Sequence[Place]:
    if any(world.policy.admitting(caller, action) for action in actions):
        return known(world, caller, about)
    return _places(about)


def may(world: World, caller: Caller, action: str, about: About = None) -> bool:
    """Whether the policy lets the caller do the action. An action without a row is denied."""
    return decided(world, caller, action, about).allowed


def authorise(world: World, caller: Caller, action: str, about: About = None, *, doing: Sequence[str] = ()) -> None:
    """The first line of every handler and query. Raises NotFound, which is what a missing thing looks like too.

    A command says what it is `doing`: all actions that it asks for. Whoever may read the thing is then told which part
    is missing, if one would do for all of them.
    """
    world.note(action, about if about is None or isinstance(about, str) else _subject(about))
    if may(world, caller, action, about):
        return
    places = known(world, caller, about)
    if wrong_purpose(world.policy, caller, action, places):
        raise PurposeRefused()
    if kinds := would_do(world.policy, caller, doing, places):
        raise RelationNeeded(kinds=kinds)
    raise NotFound()


def admit(world: World, caller: Caller, action: str) -> None:
    """The first line of a list, whose rows are judged one by one: refuses whoever no rule of the action is for."""
    world.note(action, None)
    policy = world.policy
    if caller.role is Role.SYSTEM or policy.admitting(caller, action):
        return
    if any(policy.admitting(replace(caller, purpose=purpose), action) for purpose in Purpose):
        raise PurposeRefused()
    raise NotFound()


def _subject(places: Sequence[Place]) -> str | None:
    return next((at.subject for at in places if at.subject is not None), None)
