"""Handlers that move money: approval, agreement, and the ends that set money free.

The surprise: they lock the household as well, so that of two approvals for one household in the same second one is
refused.
"""

from services.grants.applications import commands as ask
from services.grants.applications import domain
from services.grants.applications.gathering import facts_of, instalments_of, lock_around
from services.grants.applications.state import Application, Facts, Status
from services.grants.applications.tables import ApplicationRow
from services.grants.businesses import domain as businesses
from services.grants.businesses.tables import BusinessRow
from services.grants.instalments import domain as instalments
from services.grants.instalments.commands import CancelInstalment
from services.grants.instalments.state import DROPPED, HANDED_OVER, Instalment, parts_of
from services.grants.instalments.state import Facts as InstalmentFacts
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.domain import Movement, Programme, commit, reserve, uncommit, unreserve
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.model import Command, Decided
from shared.writing.handling import handles
from shared.writing.unit import Unit


def _locked(
    unit: Unit, caller: Caller, command: Command, action: str, ref: Ref
) -> tuple[Application, Decided[Application], Facts]:
    """Lock case, household and programme, then decide."""
    row = unit.peek(ApplicationRow, ref)
    case_ref, programme_ref = row["case_ref"], row["programme_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    lock_around(unit, case_ref, programme_ref)
    state, _ = unit.load(ApplicationRow, Application, ref)
    programme, _ = unit.load(ProgrammeRow, Programme, programme_ref, change=False)
    facts = facts_of(unit, caller, ref, case_ref=case_ref, programme=programme, state=state)
    decided = domain.decide(state, command, facts)
    unit.save(ApplicationRow, ref, decided)
    return state, decided, facts


def _movement(state: Application, facts: Facts, amount: int) -> Movement:
    return Movement(state.programme_ref, facts.application_ref, amount)


@handles("grants.application.approve")
def approve(unit: Unit, caller: Caller, command: ask.ApproveApplication, *, ref: Ref) -> None:
    """Record that the vote was carried, and reserve the money."""
    state, decided, facts = _locked(unit, caller, command, "grants.application.approve", ref)
    if decided.events:
        reserved = reserve(facts.programme, _movement(state, facts, command.amount))
        unit.save(ProgrammeRow, state.programme_ref, reserved)


@handles("grants.application.sign_agreement")
def sign_agreement(unit: Unit, caller: Caller, command: ask.SignAgreement, *, ref: Ref) -> None:
    """Commit the money; plan the instalments and the business."""
    state, decided, facts = _locked(unit, caller, command, "grants.application.sign_agreement", ref)
    if not decided.events:
        return
    unit.save(ProgrammeRow, state.programme_ref, commit(facts.programme, _movement(state, facts, state.granted)))
    refs = {"case_ref": state.case_ref, "application_ref": ref, "programme_ref": state.programme_ref}
    for part in parts_of(state.granted, facts.programme, **refs):
        part_ref = unit.derive("instalment", ref, str(part.number))
        unit.save(InstalmentRow, part_ref, instalments.plan(part, _part_facts(part_ref, state, facts)))
    business_ref = unit.derive("business", ref)
    about = businesses.Facts(business_ref, caller.staff_ref, unit.effective_day)
    begun = businesses.plan(state.case_ref, ref, state.plan.activity, state.plan.place, about)
    unit.save(BusinessRow, business_ref, begun)


def _part_facts(part_ref: Ref, state: Application, facts: Facts) -> InstalmentFacts:
    return InstalmentFacts(
        instalment_ref=part_ref,
        actor=facts.actor,
        day=facts.day,
        programme=facts.programme,
        hands=state.hands,
        approved=state.granted,
        others=0,
    )


def _ended(unit: Unit, state: Application, facts: Facts, reason: str) -> None:
    """Free what was reserved or promised; what was handed over stays given."""
    if state.status is Status.APPROVED:
        freed = unreserve(facts.programme, _movement(state, facts, state.granted))
        unit.save(ProgrammeRow, state.programme_ref, freed)
        return
    left = {
        ref: part
        for ref, part in instalments_of(unit, facts.application_ref).items()
        if part.status not in HANDED_OVER | DROPPED
    }
    for ref in left:
        part, _ = unit.load(InstalmentRow, Instalment, ref, change=False)
        dropped = instalments.decide(part, CancelInstalment(reason=reason), _part_facts(ref, state, facts))
        unit.save(InstalmentRow, ref, dropped)
    if left:
        total = sum(part.amount for part in left.values())
        unit.save(ProgrammeRow, state.programme_ref, uncommit(facts.programme, _movement(state, facts, total)))


@handles("grants.application.terminate")
def terminate(unit: Unit, caller: Caller, command: ask.TerminateApplication, *, ref: Ref) -> None:
    """End the grant early."""
    state, decided, facts = _locked(unit, caller, command, "grants.application.terminate", ref)
    if decided.events:
        _ended(unit, state, facts, command.reason)


@handles("grants.application.cancel")
def cancel(unit: Unit, caller: Caller, command: ask.CancelApplication, *, ref: Ref) -> None:
    """The applicant no longer wants it."""
    state, decided, facts = _locked(unit, caller, command, "grants.application.cancel", ref)
    if decided.events:
        _ended(unit, state, facts, command.reason)


@handles("grants.application.void")
def void(unit: Unit, caller: Caller, command: ask.VoidApplication, *, ref: Ref) -> None:
    """Take back an application entered in error."""
    state, decided, facts = _locked(unit, caller, command, "grants.application.void", ref)
    if decided.events:
        _ended(unit, state, facts, "NOT_NEEDED")
