"""Separation of duties: on one grant, nobody has two of the five parts. It goes by who somebody is, never by role name.

Also here: the order of days, and the last act on a thing, by which a request made again decides nothing.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from shared.classes import private_fields
from shared.codes import labelled
from shared.contracts.leaves import Day
from shared.errors import Refused
from shared.ids import StaffRef
from shared.model import C0, C1, Command, Model


@labelled("grant_part")
class Part(StrEnum):
    """What somebody does on a grant."""

    PREPARER = "PREPARER"
    ASSESSOR = "ASSESSOR"
    APPROVER = "APPROVER"
    DISBURSER = "DISBURSER"
    RECONCILER = "RECONCILER"


Hands = Mapping[Part, Collection[StaffRef]]
"""Who had which part so far."""


def only_as(part: Part, actor: StaffRef, hands: Hands) -> None:
    """Refuse somebody who already has another part on this grant."""
    for other, people in hands.items():
        if other is not part and actor in people:
            raise Refused("separation_of_duties", part=str(other))


def joined(people: tuple[StaffRef, ...], *more: StaffRef) -> tuple[StaffRef, ...]:
    """Those people and some more, each once."""
    return tuple(dict.fromkeys((*people, *more)))


def not_before(earliest: Day | None, day: Day) -> None:
    """Refuse an act that is dated before what it follows. A day that is not known stops nothing."""
    if earliest is not None and day < earliest:
        raise Refused("before_what_it_follows")


class Act(Model):
    """Who asked for what last, without anything said in words."""

    actor: C0[StaffRef]
    command: C1[str]
    content: C1[str]


def act_of(actor: StaffRef, command: Command) -> Act:
    """The act of a command. Its time is not part of it, nor is anything private: an act stands in a clear column."""
    left_out = private_fields(type(command)) | dict.fromkeys(Command.model_fields, True)
    content = command.model_dump_json(exclude=left_out)
    return Act(actor=actor, command=type(command).__name__, content=content)
