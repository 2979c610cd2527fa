"""Who may be given a part in a case: oneself, where the policy lets one take it; anybody else by the holder's side.

A thing's `Commands` takes `named_by_holder(...)` as its `admits`. The second question has a row of its own in the
policy, since somebody may take from the queue of their organisation and yet let nobody else in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.auth import Caller, authorise
from shared.ids import Ref, Subject
from shared.model import Command
from shared.storage.tables import TableClass
from shared.writing import leaving
from shared.writing.commands import Admits
from shared.writing.unit import Unit


def named_by_holder(
    row: TableClass, actions: Mapping[type[Command], str], releasing: type[Command] | None = None
) -> Admits:
    """Whoever names another person in one of these commands asks for that action over the case. Raises NotFound.

    And nobody is named who left their organisation, but for `releasing` them. Raises Refused.
    """

    def admits(unit: Unit, caller: Caller, command: Command, /, *, ref: Ref) -> None:
        action = actions.get(type(command))
        if action is not None and set(_named(command)) - {(caller.staff_ref, caller.organisation_ref)}:
            authorise(unit, caller, action, Subject("case", unit.peek(row, ref)["case_ref"]))
        if action is not None and not isinstance(command, releasing or ()):
            for staff_ref, organisation_ref in _named(command):
                leaving.refuse_who_left(unit, staff_ref, organisation_ref)

    return admits


def _named(command: Any) -> Iterator[tuple[str, str]]:
    for who in getattr(command, "members", (command,)):
        yield who.staff_ref, who.organisation_ref
