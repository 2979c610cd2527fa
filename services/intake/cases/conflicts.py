"""Who has an interest in a case that is not their work's: said by one, and found to be over by two others.

It is of the person: what is said in one of their cases holds in each, and is over where the same organisation holds.
"""

from typing import assert_never

from services.intake.cases.commands import AskConflictEnd, DeclareConflict, EndConflict
from services.intake.cases.state import Case, Conflict, Facts
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import StaffRef
from shared.model import Decided, Event

ConflictCommand = DeclareConflict | AskConflictEnd | EndConflict


def decide(state: Case, command: ConflictCommand, facts: Facts) -> Decided[Case]:
    """What becomes of somebody's conflict of interest."""
    known = next((found for found in state.conflicts if found.staff_ref == command.staff_ref), None)
    if isinstance(command, DeclareConflict):
        return _declare(state, known, command, facts)
    if known is None:
        raise Refused("no_conflict")
    match command:
        case AskConflictEnd():
            return _ask(state, known, facts)
        case EndConflict():
            return _end(state, known, facts)
        case _:
            assert_never(command)


def follow(state: Case, command: DeclareConflict | EndConflict, facts: Facts) -> Decided[Case]:
    """What becomes of another case of the person, when this was said in the first."""
    known = next((found for found in state.conflicts if found.staff_ref == command.staff_ref), None)
    if isinstance(command, DeclareConflict):
        return _declare(state, known, command, facts)
    if known is None or state.organisation_ref != facts.by.organisation_ref:
        return Decided(state)
    return _ended(state, known, facts)


def _declare(state: Case, known: Conflict | None, command: DeclareConflict, facts: Facts) -> Decided[Case]:
    """Said again, it holds as it did; whoever was asked to end it is asked no longer."""
    if known is not None:
        return _with(state, known.but(end_asked_by=None))
    conflict = Conflict(
        staff_ref=command.staff_ref,
        organisation_ref=command.organisation_ref,
        reason=command.reason,
        declared_by=facts.by.staff_ref,
    )
    return Decided(state.but(conflicts=(*state.conflicts, conflict)), (declared(conflict.staff_ref, facts),))


def declared(staff_ref: StaffRef, facts: Facts) -> Event:
    """The fact that somebody is barred. The reason stays here."""
    return told.CaseConflictDeclared(case_ref=facts.case_ref, staff_ref=staff_ref)


def _ask(state: Case, known: Conflict, facts: Facts) -> Decided[Case]:
    return Decided(state) if known.end_asked_by else _with(state, known.but(end_asked_by=facts.by.staff_ref))


def _end(state: Case, known: Conflict, facts: Facts) -> Decided[Case]:
    if known.end_asked_by is None:
        raise Refused("conflict_end_not_asked")
    if known.end_asked_by == facts.by.staff_ref:
        raise Refused("conflict_second_person")
    return _ended(state, known, facts)


def _ended(state: Case, known: Conflict, facts: Facts) -> Decided[Case]:
    ended = told.CaseConflictEnded(case_ref=facts.case_ref, staff_ref=known.staff_ref)
    return Decided(state.but(conflicts=_others(state, known.staff_ref)), (ended,))


def _with(state: Case, conflict: Conflict) -> Decided[Case]:
    after = state.but(conflicts=(*_others(state, conflict.staff_ref), conflict))
    return Decided(after, own_matter=after != state)


def _others(state: Case, staff_ref: StaffRef) -> tuple[Conflict, ...]:
    return tuple(found for found in state.conflicts if found.staff_ref != staff_ref)
