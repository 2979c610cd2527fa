"""Which part is missing: told to whoever may read a thing, and lacks nothing else to do something with it. Pure."""

from collections.abc import Sequence

from shared.auth.caller import Caller
from shared.auth.deciding import Place, Standing, judge, standings
from shared.auth.permitted import given
from shared.auth.policy import Policy
from shared.errors import NotFound


class RelationNeeded(NotFound):
    """The caller may read the thing, and needs a part in it for this: `kinds` are those that would do.

    It is a NotFound with an open word: whatever is done about one that hides is done about this.
    """

    status = 403
    code = "relation_needed"


def reading_of(action: str) -> str:
    """The action that is asked of whoever is told how the thing of an action stands."""
    return f"{action.rpartition('.')[0]}.read"


def would_do(policy: Policy, caller: Caller, actions: Sequence[str], places: Sequence[Place]) -> tuple[str, ...]:
    """The kinds of part, sorted, each of which would let the caller do all of these with a thing that they may read.

    None where the thing is hidden from them, or where it takes more than a part: another role, another organisation.
    """
    stands = standings(caller, places)
    if not all(judge(policy, caller, reading, stands).allowed for reading in set(map(reading_of, actions))):
        return ()
    rules = [rule for action in actions for rule in policy.admitting(caller, action)]
    return tuple(kind for kind in sorted(given(policy, *rules)) if _does(policy, caller, actions, stands, kind))


def _does(policy: Policy, caller: Caller, actions: Sequence[str], stands: frozenset[Standing], kind: str) -> bool:
    """Whether one more part of this kind would do."""
    then = frozenset(at._replace(kinds=at.kinds | {kind}) for at in stands)
    return all(judge(policy, caller, action, then).allowed for action in actions)
