"""Who may be given a part in a case: oneself, where the policy lets one take it; anybody else by the holder's side.

A thing's `Commands` takes `named_by_holder(...)` as its `admits`. The second question has a row of its own in the
policy, since somebody may take from the queue of their organisation and yet let nobody else in.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from shared.auth import Caller, Role, authorise
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef, Subject
from shared.model import Command
from shared.storage.tables import TableClass
from shared.writing.commands import Admits
from shared.writing.unit import Unit


def named_by_holder(
    row: TableClass, actions: Mapping[type[Command], str], *, leaving: Collection[type[Command]] = ()
) -> Admits:
    """Whoever names another person in one of these commands asks for that action over the case. Raises NotFound.

    Nobody is named who is barred from the case or left their organisation, except in a command that ends a part: those
    are `leaving`. Raises Refused.
    """

    def admits(unit: Unit, caller: Caller, command: Command, /, *, ref: Ref) -> None:
        action = actions.get(type(command))
        if action is None:
            return
        named, case = set(_named(command)), Subject("case", unit.peek(row, ref)["case_ref"])
        if named - {(caller.staff_ref, caller.organisation_ref)}:
            authorise(unit, caller, action, case, doing=(action,))
        if type(command) not in leaving:
            for staff_ref, organisation_ref in sorted(named):
                may_be_let_in(unit, case, staff_ref, organisation_ref)

    return admits


def may_be_let_in(unit: Unit, case: Subject, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Refuses to give a part to whoever left, or is barred: it would open nothing, and nobody would know why.

    Whoever lets others in may know who is barred, so this is asked after the policy. One look says both.
    """
    who = replace(unit.caller, staff_ref=staff_ref, organisation_ref=organisation_ref, role=Role.CASEWORKER)
    parts = unit.parts(who, case)
    if unit.leaving(who).away:
        raise Refused("staff_left")
    if any(part.kind in unit.policy.throughout for part in parts):
        raise Refused("barred_from_case")


def _named(command: Any) -> Iterator[tuple[StaffRef, OrganisationRef]]:
    for who in getattr(command, "members", (command,)):
        yield who.staff_ref, who.organisation_ref
