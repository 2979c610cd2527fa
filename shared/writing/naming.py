"""Who may be given a part in a case: oneself, where the policy lets one take it; anybody else by the holder's side.

A thing's `Commands` takes `named_by_holder(...)` as its `admits`. The second question has a row of its own in the
policy, since somebody may take from the queue of their organisation and yet let nobody else in.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from shared.auth import Caller, authorise
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef, Subject
from shared.model import Command
from shared.storage.tables import TableClass
from shared.writing.commands import Admits
from shared.writing.leaving import refuse_who_left
from shared.writing.unit import Unit

Who = Collection[tuple[StaffRef, OrganisationRef]]


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
        named = set(_named(command))
        others = named - {(caller.staff_ref, caller.organisation_ref)}
        case = Subject("case", unit.peek(row, ref)["case_ref"])
        if others:
            authorise(unit, caller, action, case)
        if type(command) not in leaving:
            _may_be_let_in(unit, caller, case, named, others)

    return admits


def _may_be_let_in(unit: Unit, caller: Caller, case: Subject, named: Who, others: Who) -> None:
    for staff_ref, organisation_ref in named:
        refuse_who_left(unit, staff_ref, organisation_ref)
    for staff_ref, _ in others:
        not_barred(unit, caller, case, staff_ref)


def not_barred(unit: Unit, caller: Caller, case: Subject, staff_ref: StaffRef) -> None:
    """Refuses to let somebody into what they are barred from: they would see nothing, and nobody would know why.

    Whoever lets others in may know who is barred, so this is asked after the policy.
    """
    parts = unit.parts(replace(caller, staff_ref=staff_ref), case)
    if any(part.kind in unit.policy.throughout for part in parts):
        raise Refused("barred_from_case")


def _named(command: Any) -> Iterator[tuple[StaffRef, OrganisationRef]]:
    for who in getattr(command, "members", (command,)):
        yield who.staff_ref, who.organisation_ref
