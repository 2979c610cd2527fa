"""The rules of a case: opened for one return of one person, assigned to those who work on it, closed with its plan.

A case is a child's until something shows an adult. Once `EvaluateAge` has answered, a later answer tells the change and
never rewrites an earlier finding.
"""

from datetime import date
from typing import assert_never

from services.intake.cases import conflicts, custody
from services.intake.cases.commands import (
    STATUSES,
    CaseCommand,
    CloseCase,
    CorrectCase,
    EvaluateAge,
    JoinHousehold,
    OpenCase,
    ReopenCase,
    VoidCase,
)
from services.intake.cases.detention import Detention
from services.intake.cases.state import Case, Facts, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import CaseRef, PersonRef
from shared.model import Decided, Event


def decide(state: Case | None, command: CaseCommand, facts: Facts) -> Decided[Case]:
    """What becomes of a case."""
    if state is not None and state.status is Status.CLOSED and isinstance(command, CloseCase):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, OpenCase):
        return _open(command, facts)
    assert state is not None
    if isinstance(command, custody.CustodyCommand):
        return custody.decide(state, command, facts)
    if isinstance(command, conflicts.ConflictCommand):
        return conflicts.decide(state, command, facts)
    match command:
        case JoinHousehold():
            return _join(state, command, facts)
        case EvaluateAge():
            return _age(state, command, facts)
        case CorrectCase():
            return _correct(state, command, facts)
        case VoidCase():
            return _void(state, command, facts)
        case CloseCase():
            closed = told.CaseClosed(case_ref=facts.case_ref, day=facts.day)
            return Decided(state.but(status=Status.CLOSED, closed=facts.day, informed=()), (closed,))
        case ReopenCase():
            return _reopen(state, facts)
        case _:
            assert_never(command)


def _open(command: OpenCase, facts: Facts) -> Decided[Case]:
    if facts.open_for_same_handover:
        raise Refused("case_already_open")
    _held_before(command.detentions, facts.day)
    case = Case(
        person_ref=command.person_ref,
        case_number=facts.case_number,
        status=Status.OPEN,
        organisation_ref=facts.by.organisation_ref,
        country=command.country,
        is_minor=facts.child_on_day,
        opened=facts.day,
        previous_case_ref=facts.previous_case_ref,
        household_ref=facts.household_ref,
        handover_ref=command.handover_ref,
        line_ref=command.line_ref,
        workers=(facts.by,),
        implicated=facts.implicated,
        conflicts=facts.conflicts,
        detentions=command.detentions,
    )
    shared = {name: getattr(case, name) for name in told.CaseOpened.model_fields if name != "case_ref"}
    opened = told.CaseOpened(case_ref=facts.case_ref, **shared)
    named = (*(conflict.staff_ref for conflict in case.conflicts), *facts.barred)
    barred = (conflicts.declared(staff_ref, facts) for staff_ref in named)
    return Decided(case, (opened, *barred, custody.assigned(facts.by, facts), *_implicated(case, (), facts.case_ref)))


def _held_before(detentions: tuple[Detention, ...], returned: date) -> None:
    """Whoever came home was held no longer."""
    days = (day for held in detentions for day in (held.began_on, held.ended_on) if day is not None)
    if any(day > returned for day in days):
        raise Refused("detention_after_return")


def _reopen(state: Case, facts: Facts) -> Decided[Case]:
    if state.closed is not None and facts.day < state.closed:
        raise Refused("before_case_closed")
    reopened = told.CaseReopened(case_ref=facts.case_ref, day=facts.day)
    return Decided(state.but(status=Status.OPEN, closed=None), (reopened,))


def _implicated(after: Case, before: tuple[PersonRef, ...], case_ref: CaseRef) -> tuple[Event, ...]:
    """One fact for each caregiver about whom the answer changed."""
    if after.household_ref is None:
        return ()
    return tuple(
        told.CaseCaregiverImplicated(
            case_ref=case_ref,
            household_ref=after.household_ref,
            person_ref=person,
            implicated=person in after.implicated,
        )
        for person in sorted(set(before) ^ set(after.implicated))
    )


def _join(state: Case, command: JoinHousehold, facts: Facts) -> Decided[Case]:
    after = state.but(household_ref=command.household_ref, implicated=command.implicated)
    if after == state or state.status is Status.VOIDED:  # a home is where a bar is looked for, and is told of no more
        return Decided(after, own_matter=after != state)
    moved = told.CaseHouseholdChanged(case_ref=facts.case_ref, household_ref=command.household_ref)
    first: tuple[Event, ...] = (moved,) if after.household_ref != state.household_ref else ()
    return Decided(after, first + _implicated(after, state.implicated, facts.case_ref))


def _void(state: Case, command: VoidCase, facts: Facts) -> Decided[Case]:
    """What was entered in error gives nobody access: all who worked on it are released with it."""
    voided = told.CaseVoided(case_ref=facts.case_ref, reason=command.reason)
    return Decided(
        state.but(status=Status.VOIDED, workers=(), offered_to=None), (*custody.released(state.workers, facts), voided)
    )


def _age(state: Case, command: EvaluateAge, facts: Facts) -> Decided[Case]:
    after = state.but(
        age_basis=facts.basis,
        child_then=facts.child_then,
        is_minor=facts.child_on_day,
        first_month=command.first_month,
        last_month=command.last_month,
    )
    if after == state:
        return Decided(state)
    evaluated = told.CaseAgeEvaluated(
        case_ref=facts.case_ref,
        child_then=facts.child_then,
        child_on_day=facts.child_on_day,
        basis=facts.basis,
        as_of=facts.day,
        first_month=command.first_month,
        last_month=command.last_month,
    )
    return Decided(after, (evaluated,))


def _correct(state: Case, command: CorrectCase, facts: Facts) -> Decided[Case]:
    after = command.applied_to(state)
    if after == state and facts.same_elsewhere:
        return Decided(state)
    if after.opened > (facts.day if state.closed is None else state.closed):
        raise Refused("day_after_this_record")
    _held_before(after.detentions, after.opened)
    corrected = told.CaseCorrected(
        case_ref=facts.case_ref,
        country=after.country,
        is_minor=after.is_minor,
        opened=after.opened,
        handover_ref=after.handover_ref,
    )
    return Decided(after, (corrected,))
