"""Commands on consents. What a consent lets others do is checked by them, under their own lock; see the events."""

import json
from datetime import UTC, datetime, time, timedelta

from services.intake.cases.state import Case
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.consents import domain
from services.intake.consents.domain import Consent, Status, Witness
from services.intake.consents.tables import ConsentRow
from services.intake.persons import handlers as persons
from shared.auth import Caller, Role, authorise
from shared.clock import LOCAL, local_day
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.journey.todos import Todo
from shared.model import Command
from shared.writing.handling import handles
from shared.writing.unit import Unit

_private = persons.person_of(ConsentRow)


def _facts(unit: Unit, caller: Caller, ref: Ref, command: domain.GrantConsent | domain.RefuseConsent) -> domain.Facts:
    case = unit.find(CaseRow, Case, command.case_ref)
    if case is None or case.status is CaseStatus.VOIDED:
        raise Refused("case_not_open")
    day = unit.effective_day
    same = {"purpose": command.purpose.value, "organisation_ref": command.organisation_ref}
    held = unit.select(ConsentRow, case_ref=command.case_ref, status=Status.GRANTED.value, **same)
    return domain.Facts(
        consent_ref=ref,
        day=day,
        today=local_day(unit.now),
        by=caller.staff_ref,
        child=persons.age_of(unit, case.person_ref, day).child_on_day,
        age=persons.lowest_age(unit, case.person_ref, day),
        officer=caller.role is Role.SOCIAL_AFFAIRS,
        person_ref=case.person_ref,
        implicated=frozenset(case.implicated),
        active=any(row["ref"] != ref for row in held),
    )


def _lock(unit: Unit, caller: Caller, action: str, case_ref: CaseRef, *, age: bool = False) -> None:
    """The case, and where an age is judged the person, too."""
    person_ref = unit.peek(CaseRow, case_ref)["person_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}", *([f"person/{person_ref}"] if age else []))


@handles("intake.consent.grant", subjects=_private, creates=True)
def grant(unit: Unit, caller: Caller, command: domain.GrantConsent, *, ref: Ref) -> None:
    """Somebody agreed."""
    _lock(unit, caller, "intake.consent.grant", command.case_ref, age=True)
    state = unit.find(ConsentRow, Consent, ref)
    decided = domain.decide(state, command, _facts(unit, caller, ref, command))
    private = {} if command.witness is None else {"witness": Witness(name=command.witness)}
    unit.save(ConsentRow, ref, decided, private=private)
    _plant(unit, ref, decided.state)


@handles("intake.consent.refuse", subjects=_private, creates=True)
def refuse(unit: Unit, caller: Caller, command: domain.RefuseConsent, *, ref: Ref) -> None:
    """Somebody said no."""
    _lock(unit, caller, "intake.consent.refuse", command.case_ref, age=True)
    state = unit.find(ConsentRow, Consent, ref)
    unit.save(ConsentRow, ref, domain.decide(state, command, _facts(unit, caller, ref, command)))


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: Ref) -> Consent:
    _lock(unit, caller, action, unit.peek(ConsentRow, ref)["case_ref"])
    state, _ = unit.load(ConsentRow, Consent, ref)
    facts = domain.Facts(consent_ref=ref, day=unit.effective_day, today=local_day(unit.now), by=caller.staff_ref)
    decided = domain.decide(state, command, facts)
    unit.save(ConsentRow, ref, decided)
    return decided.state


@handles("intake.consent.withdraw", if_match=False)
def withdraw(unit: Unit, caller: Caller, command: domain.WithdrawConsent, *, ref: Ref) -> None:
    """Somebody took it back. Never stale: who withdraws need not know what changed meanwhile."""
    _change(unit, caller, "intake.consent.withdraw", command, ref)


@handles("intake.consent.correct")
def correct(unit: Unit, caller: Caller, command: domain.CorrectConsent, *, ref: Ref) -> None:
    """Until when it holds was entered wrongly."""
    _plant(unit, ref, _change(unit, caller, "intake.consent.correct", command, ref))


@handles("intake.consent.void")
def void(unit: Unit, caller: Caller, command: domain.VoidConsent, *, ref: Ref) -> None:
    """The consent was entered in error."""
    _change(unit, caller, "intake.consent.void", command, ref)


@handles("intake.consent.expire")
def expire(unit: Unit, caller: Caller, command: domain.ExpireConsent, *, ref: Ref) -> None:
    """The last day is over."""
    _change(unit, caller, "intake.consent.expire", command, ref)


def _plant(unit: Unit, ref: Ref, consent: Consent) -> None:
    """A right ends by recorded time, when the local day after its last one begins."""
    if consent.status is Status.GRANTED and consent.valid_until is not None:
        after = datetime.combine(consent.valid_until + timedelta(days=1), time(), LOCAL).astimezone(UTC)
        unit.later("consent_expires", f"case/{consent.case_ref}", after, {"consent_ref": ref})


def due_ref(todo: Todo) -> Ref:
    """Which consent a deadline is about."""
    ref: Ref = json.loads(todo.data or "{}")["consent_ref"]
    return ref
