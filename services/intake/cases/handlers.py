"""Commands on cases. A person seen before keeps their person: the new case names the one before it."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from services.intake.cases import domain
from services.intake.cases.domain import Case, Worker
from services.intake.cases.tables import CaseRow
from services.intake.households.domain import Household
from services.intake.households.tables import HouseholdRow
from services.intake.persons import handlers as persons
from services.intake.persons.domain import Status as PersonStatus
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, authorise
from shared.errors import NotFound, Refused
from shared.handling import handles
from shared.ids import CaseRef, PersonRef, case_number
from shared.model import Command
from shared.reading import Reading
from shared.unit import Unit


def _named(_peek: Reading, command: domain.OpenCase, **_: Any) -> Iterable[str]:
    return [f"person/{command.person_ref}"]


def _person(peek: Reading, _command: Any = None, *, ref: CaseRef, **_: Any) -> Iterable[str]:
    return person_of_case(peek, f"case/{ref}")


def person_of_case(peek: Reading, subject: str) -> list[str]:
    """The sealing subject of the person behind a case, for reactions that evaluate an age."""
    try:
        return [f"person/{peek.peek(CaseRow, subject.removeprefix('case/'))['person_ref']}"]
    except NotFound:
        return []


@handles("intake.case.open", subjects=_named, creates=True)
def open_case(unit: Unit, caller: Caller, command: domain.OpenCase, *, ref: CaseRef) -> None:
    """Somebody came home. Whoever opens the case works on it."""
    authorise(unit, caller, "intake.case.open")
    unit.lock(f"case/{ref}", f"person/{command.person_ref}")
    _not_voided(unit, command.person_ref)
    state = unit.find(CaseRow, Case, ref)
    decided = domain.decide(state, command, _opening(unit, caller, command, ref))
    unit.save(CaseRow, ref, decided)


def _not_voided(unit: Unit, person_ref: PersonRef) -> None:
    """No case is open about a registration that was struck out. The caller holds the person's lock."""
    if unit.peek(PersonRow, person_ref)["status"] == PersonStatus.VOIDED:
        raise Refused("person_voided")


def _opening(unit: Unit, caller: Caller, command: domain.OpenCase, ref: CaseRef) -> domain.Facts:
    person = unit.peek(PersonRow, command.person_ref)
    before = [row for row in unit.select(CaseRow, person_ref=command.person_ref) if row["ref"] != ref]
    known = [row for row in before if row["status"] != domain.Status.VOIDED]
    same = [row for row in known if row["status"] == domain.Status.OPEN]
    household = None
    if person["household_ref"] is not None:
        household = unit.find(HouseholdRow, Household, person["household_ref"])
    day = unit.effective_day
    return domain.Facts(
        case_ref=ref,
        day=day,
        by=_worker(caller),
        case_number=case_number(ref),
        child_on_day=persons.age_of(unit, command.person_ref, day).child_on_day,
        previous_case_ref=known[-1]["ref"] if known else None,
        open_for_same_handover=any(row["handover_ref"] == command.handover_ref for row in same),
        household_ref=person["household_ref"],
        implicated=_others(household, command.person_ref),
    )


def _others(household: Household | None, person_ref: PersonRef) -> tuple[PersonRef, ...]:
    """The implicated caregivers of a household, as one of its members must be kept safe from them."""
    return () if household is None else tuple(ref for ref in household.implicated if ref != person_ref)


def _worker(caller: Caller, kind: str = "TEAM") -> Worker:
    return Worker(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref, kind=kind)


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: CaseRef) -> None:
    unit.peek(CaseRow, ref)
    authorise(unit, caller, action, f"case/{ref}")
    unit.lock(f"case/{ref}")
    state, _ = unit.load(CaseRow, Case, ref)
    facts = domain.Facts(case_ref=ref, day=unit.effective_day, by=_worker(caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


@handles("intake.case.assign")
def assign(unit: Unit, caller: Caller, command: domain.AssignCase, *, ref: CaseRef) -> None:
    """Give the case to somebody."""
    _change(unit, caller, "intake.case.assign", command, ref)


@handles("intake.case.release")
def release(unit: Unit, caller: Caller, command: domain.ReleaseCase, *, ref: CaseRef) -> None:
    """Somebody no longer works on it."""
    _change(unit, caller, "intake.case.release", command, ref)


@handles("intake.case.evaluate_age", subjects=_person)
def evaluate_age(unit: Unit, caller: Caller, command: domain.EvaluateAge, *, ref: CaseRef) -> None:
    """Was the person a child in these months, and are they now?"""
    person_ref = unit.peek(CaseRow, ref)["person_ref"]
    authorise(unit, caller, "intake.case.evaluate_age", f"case/{ref}")
    unit.lock(f"case/{ref}", f"person/{person_ref}")
    state, _ = unit.load(CaseRow, Case, ref)
    _evaluate(unit, state, command, ref)


def evaluate_again(unit: Unit, person_ref: PersonRef) -> None:
    """What is known of a birth has changed: every case answers anew, and no earlier answer is rewritten."""
    refs = [row["ref"] for row in unit.select(CaseRow, person_ref=person_ref) if row["age_basis"] is not None]
    if not refs:
        return
    unit.lock(f"person/{person_ref}", *(f"case/{ref}" for ref in refs))
    for ref in refs:
        state, _ = unit.load(CaseRow, Case, ref, change=False)
        if state.status is not domain.Status.VOIDED:
            command = domain.EvaluateAge(first_month=state.first_month, last_month=state.last_month)
            _evaluate(unit, state, command, ref)


def _evaluate(unit: Unit, state: Case, command: domain.EvaluateAge, ref: CaseRef) -> None:
    first = _first_day(command.first_month, command.last_month)
    age = persons.age_of(unit, state.person_ref, unit.effective_day, first)
    facts = domain.Facts(
        case_ref=ref,
        day=unit.effective_day,
        by=_worker(unit.caller),
        child_then=age.child_then,
        child_on_day=age.child_on_day,
        basis=age.basis,
    )
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


def _first_day(first: str | None, last: str | None) -> date | None:
    """The earliest day it may have begun, since the youngest age protects. Only an end known: that month's last day."""
    if first is not None:
        return date.fromisoformat(f"{first}-01")
    if last is None:
        return None
    year, month = map(int, last.split("-"))
    return date(year, month, monthrange(year, month)[1])


@handles("intake.case.close")
def close(unit: Unit, caller: Caller, command: domain.CloseCase, *, ref: CaseRef) -> None:
    """The plan has ended, and the case with it."""
    _change(unit, caller, "intake.case.close", command, ref)


@handles("intake.case.reopen")
def reopen(unit: Unit, caller: Caller, command: domain.ReopenCase, *, ref: CaseRef) -> None:
    """There is work to do again. Holds the person's lock as well, so that nobody strikes the person out meanwhile."""
    person_ref = unit.peek(CaseRow, ref)["person_ref"]
    authorise(unit, caller, "intake.case.reopen", f"case/{ref}")
    unit.lock(f"case/{ref}", f"person/{person_ref}")
    state, _ = unit.load(CaseRow, Case, ref)
    _not_voided(unit, person_ref)
    facts = domain.Facts(case_ref=ref, day=unit.effective_day, by=_worker(caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


@handles("intake.case.correct")
def correct(unit: Unit, caller: Caller, command: domain.CorrectCase, *, ref: CaseRef) -> None:
    """Put details right."""
    _change(unit, caller, "intake.case.correct", command, ref)


@handles("intake.case.void")
def void(unit: Unit, caller: Caller, command: domain.VoidCase, *, ref: CaseRef) -> None:
    """The case was entered in error."""
    _change(unit, caller, "intake.case.void", command, ref)


def join(unit: Unit, ref: CaseRef, household_ref: str | None, household: Household) -> None:
    """Called by the household, inside its unit, whose lock holds the case's stream."""
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    implicated = () if household_ref is None else _others(household, state.person_ref)
    command = domain.JoinHousehold(household_ref=household_ref, implicated=implicated)
    facts = domain.Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))
