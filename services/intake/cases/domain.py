"""The rules of a case: opened for one return of one person, assigned to those who work on it, closed with its plan.

The surprise: a case is a child's until something shows an adult, and once `EvaluateAge` has answered, a later answer
tells the change and never rewrites an earlier finding.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from services.intake.cases.detention import Detention
from services.intake.persons.domain import ExternalReference
from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake import AgeBasis
from shared.contracts.leaves import Country, Month, RelationKind
from shared.errors import Refused
from shared.ids import CaseRef, HandoverRef, HouseholdRef, LineRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, Command, Decided, Event, Model, StatusTable

VoidReason = Annotated[str, CodeOf("void_reason")]


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


class Worker(Model):
    """Somebody who works on the case, and as what."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: RelationKind


class Case(Model):
    """One return of one person."""

    person_ref: PersonRef
    case_number: C0[str]
    status: Status
    organisation_ref: OrganisationRef
    country: Country
    is_minor: bool
    opened: date
    previous_case_ref: CaseRef | None = None
    household_ref: HouseholdRef | None = None
    handover_ref: HandoverRef | None = None
    line_ref: LineRef | None = None
    closed: date | None = None
    workers: tuple[Worker, ...] = ()
    implicated: tuple[PersonRef, ...] = ()
    age_basis: AgeBasis | None = None
    child_then: bool | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    detentions: C1[tuple[Detention, ...]] = ()
    external_references: tuple[ExternalReference, ...] = ()


class OpenCase(Command):
    """Somebody came home."""

    ref: Ref | None = None
    person_ref: PersonRef
    country: Country
    handover_ref: HandoverRef | None = None
    line_ref: LineRef | None = None
    detentions: C1[tuple[Detention, ...]] = ()
    external_references: tuple[ExternalReference, ...] = ()


class AssignCase(Worker, Command):
    """Give the case to somebody."""


class ReleaseCase(Worker, Command):
    """Somebody no longer works on it."""


class EvaluateAge(Command):
    """Was the person a child in these months, and are they on that day?"""

    first_month: Month | None = None
    last_month: Month | None = None


class JoinHousehold(Command):
    """The person belongs to a household now, or to none. Given by the household, not by a client."""

    household_ref: HouseholdRef | None
    implicated: tuple[PersonRef, ...] = ()


class CloseCase(Command):
    """The plan was closed."""


class ReopenCase(Command):
    """There is work to do again."""


class CorrectCase(Command):
    """Put details right; what is left out stays."""

    country: Country | None = None
    opened: date | None = None
    handover_ref: HandoverRef | None = None
    detentions: C1[tuple[Detention, ...] | None] = None
    external_references: tuple[ExternalReference, ...] | None = None


class VoidCase(Command):
    """Entered in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "case",
    opening=frozenset({OpenCase}),
    allowed={
        Status.OPEN: frozenset({AssignCase, ReleaseCase, EvaluateAge, JoinHousehold, CloseCase, CorrectCase, VoidCase}),
        Status.CLOSED: frozenset(
            {AssignCase, ReleaseCase, EvaluateAge, JoinHousehold, ReopenCase, CorrectCase, VoidCase}
        ),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({CloseCase, JoinHousehold}),
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    case_ref: CaseRef
    day: date
    by: Worker
    case_number: str = ""
    child_on_day: bool = True
    child_then: bool = True
    basis: AgeBasis = AgeBasis.PRESUMED
    previous_case_ref: CaseRef | None = None
    open_for_same_handover: bool = False
    household_ref: HouseholdRef | None = None
    implicated: tuple[PersonRef, ...] = ()


def decide(state: Case | None, command: Command, facts: Facts) -> Decided[Case]:
    """What becomes of a case."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    match command:
        case OpenCase():
            return _open(command, facts)
        case JoinHousehold():
            return _join(_known(state), command, facts)
        case AssignCase() | ReleaseCase():
            return _staff(_known(state), command, facts)
        case EvaluateAge():
            return _age(_known(state), command, facts)
        case CorrectCase():
            return _correct(_known(state), command, facts)
        case VoidCase(reason=reason):
            voided = told.CaseVoided(case_ref=facts.case_ref, reason=reason)
            return Decided(_known(state).but(status=Status.VOIDED), (voided,))
        case CloseCase():
            closed = told.CaseClosed(case_ref=facts.case_ref, day=facts.day)
            return Decided(_known(state).but(status=Status.CLOSED, closed=facts.day), (closed,))
        case ReopenCase():
            reopened = told.CaseReopened(case_ref=facts.case_ref, day=facts.day)
            return Decided(_known(state).but(status=Status.OPEN, closed=None), (reopened,))
    raise AssertionError(command)


def _known(state: Case | None) -> Case:
    assert state is not None
    return state


def _holds(state: Case, command: Command, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case CloseCase():
            return state.status is Status.CLOSED
        case OpenCase():
            same = (state.person_ref, state.handover_ref, state.line_ref, state.country, state.detentions)
            asked = (command.person_ref, command.handover_ref, command.line_ref, command.country, command.detentions)
            return same == asked and facts.by in state.workers
        case _:
            return False


def _open(command: OpenCase, facts: Facts) -> Decided[Case]:
    if facts.open_for_same_handover:
        raise Refused("case_already_open")
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
        detentions=command.detentions,
        external_references=command.external_references,
    )
    shared = {name: getattr(case, name) for name in told.CaseOpened.model_fields if name != "case_ref"}
    opened = told.CaseOpened(case_ref=facts.case_ref, **shared)
    assigned = told.CaseAssigned(case_ref=facts.case_ref, **facts.by.model_dump())
    return Decided(case, (opened, assigned, *_implicated(case, (), facts.case_ref)))


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
    if after == state:
        return Decided(state)
    moved = told.CaseHouseholdChanged(case_ref=facts.case_ref, household_ref=command.household_ref)
    first: tuple[Event, ...] = (moved,) if after.household_ref != state.household_ref else ()
    return Decided(after, first + _implicated(after, state.implicated, facts.case_ref))


def _staff(state: Case, command: AssignCase | ReleaseCase, facts: Facts) -> Decided[Case]:
    worker = Worker(**command.model_dump(exclude={"effective_at"}))
    works = worker in state.workers
    if isinstance(command, AssignCase):
        if works:
            return Decided(state)
        assigned = told.CaseAssigned(case_ref=facts.case_ref, **worker.model_dump())
        return Decided(state.but(workers=(*state.workers, worker)), (assigned,))
    if not works:
        return Decided(state)
    rest = tuple(other for other in state.workers if other != worker)
    if not rest:
        raise Refused("nobody_left")
    return Decided(state.but(workers=rest), (told.CaseReleased(case_ref=facts.case_ref, **worker.model_dump()),))


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
    given = {name: getattr(command, name) for name in command.model_fields_set - {"effective_at"}}
    after = state.but(**{name: value for name, value in given.items() if value is not None})
    if after == state:
        return Decided(state)
    corrected = told.CaseCorrected(
        case_ref=facts.case_ref,
        country=after.country,
        is_minor=after.is_minor,
        opened=after.opened,
        handover_ref=after.handover_ref,
    )
    return Decided(after, (corrected,))
