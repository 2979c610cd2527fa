"""What is done with instalments. Whatever moves money locks the programme too, and moves budget and grant together."""

from services.grants.applications.duties import Hands, Part
from services.grants.applications.gathering import business_of, instalments_of, standing_of
from services.grants.applications.running import handed_over
from services.grants.applications.state import RUNNING, Application
from services.grants.applications.state import Facts as GrantFacts
from services.grants.applications.state import Status as GrantStatus
from services.grants.applications.tables import ApplicationRow
from services.grants.instalments import commands as ask
from services.grants.instalments import domain
from services.grants.instalments.state import DROPPED, HANDED_OVER, Facts, Instalment, Status
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.domain import Movement, Programme, spend, uncommit
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.model import Command, Decided
from shared.writing.handling import handles
from shared.writing.unit import Unit

PAYING = RUNNING - {GrantStatus.APPROVED, GrantStatus.SUSPENDED}


def _hands(grant: Application, parts: dict[Ref, Instalment]) -> Hands:
    """Everybody who had a part on the whole grant, not only on this instalment."""
    handled = {who for part in parts.values() for who in (part.released_by, part.paid_by) if who}
    reconciled = {part.reconciled_by for part in parts.values() if part.reconciled_by}
    return {**grant.hands, Part.DISBURSER: handled, Part.RECONCILER: reconciled}


def _facts(
    unit: Unit, caller: Caller, ref: Ref, part: Instalment, *, grant: Application, programme: Programme
) -> Facts:
    parts = instalments_of(unit, part.application_ref)
    live = {other: found for other, found in parts.items() if other != ref and found.status not in DROPPED}
    earlier = [found for found in live.values() if found.number < part.number]
    standing = standing_of(unit, part.case_ref, programme)
    business = business_of(unit, part.application_ref)
    return Facts(
        instalment_ref=ref,
        actor=caller.staff_ref,
        day=unit.effective_day,
        programme=programme,
        hands=_hands(grant, parts),
        approved=grant.granted,
        others=sum(found.amount for found in live.values()),
        running=grant.status in PAYING,
        case_clear=standing.open and not standing.missing,
        before=earlier[-1] if earlier else None,
        visited_on=business.visited_on if business else None,
    )


def _change(unit: Unit, caller: Caller, command: Command, action: str, *, ref: Ref) -> Decided[Instalment]:
    """Lock, load, decide, save: the instalment first, since the answer is about it."""
    row = unit.peek(InstalmentRow, ref)
    authorise(unit, caller, action, f"case/{row['case_ref']}")
    unit.lock(f"case/{row['case_ref']}", f"programme/{row['programme_ref']}")
    return _decide(unit, caller, command, ref)


def _decide(unit: Unit, caller: Caller, command: Command, ref: Ref) -> Decided[Instalment]:
    part, _ = unit.load(InstalmentRow, Instalment, ref)
    grant, _ = unit.load(ApplicationRow, Application, part.application_ref, change=False)
    programme, _ = unit.load(ProgrammeRow, Programme, part.programme_ref, change=False)
    decided = domain.decide(part, command, _facts(unit, caller, ref, part, grant=grant, programme=programme))
    unit.save(InstalmentRow, ref, decided)
    if decided.events and decided.state.status is not part.status:
        _move(unit, caller, decided.state, grant, programme)
    return decided


def _move(unit: Unit, caller: Caller, part: Instalment, grant: Application, programme: Programme) -> None:
    """Budget and grant follow the instalment."""
    movement = Movement(part.programme_ref, part.application_ref, part.amount)
    parts = instalments_of(unit, part.application_ref).values()
    if part.status is Status.PAID and not part.receipts:
        unit.save(ProgrammeRow, part.programme_ref, spend(programme, movement))
    elif part.status in DROPPED:
        unit.save(ProgrammeRow, part.programme_ref, uncommit(programme, movement))
    else:
        return
    facts = GrantFacts(
        application_ref=part.application_ref,
        actor=caller.staff_ref,
        organisation=caller.organisation_ref,
        day=unit.effective_day,
        programme=programme,
        handed_over=any(found.status in HANDED_OVER for found in parts),
    )
    outstanding = sum(found.status not in HANDED_OVER | DROPPED for found in parts)
    unit.save(ApplicationRow, part.application_ref, handed_over(grant, facts, outstanding=outstanding))


@handles("grants.instalment.release")
def release(unit: Unit, caller: Caller, command: ask.ReleaseInstalment, *, ref: Ref) -> None:
    """Say that it may be handed over."""
    _change(unit, caller, command, "grants.instalment.release", ref=ref)


@handles("grants.instalment.pay", if_match=False)
def pay(unit: Unit, caller: Caller, command: ask.PayInstalment, *, ref: Ref) -> None:
    """Hand it over, once, whatever is delivered twice."""
    _change(unit, caller, command, "grants.instalment.pay", ref=ref)


@handles("grants.instalment.add_receipt", if_match=False)
def add_receipt(unit: Unit, caller: Caller, command: ask.AddReceipt, *, ref: Ref) -> None:
    """Add evidence under the client's own ref."""
    _change(unit, caller, command, "grants.instalment.add_receipt", ref=ref)


@handles("grants.instalment.strike_receipt")
def strike_receipt(unit: Unit, caller: Caller, command: ask.StrikeReceipt, *, ref: Ref) -> None:
    """Take back a receipt entered in error."""
    _change(unit, caller, command, "grants.instalment.strike_receipt", ref=ref)


@handles("grants.instalment.reconcile")
def reconcile(unit: Unit, caller: Caller, command: ask.ReconcileInstalment, *, ref: Ref) -> None:
    """Compare receipts and money."""
    _change(unit, caller, command, "grants.instalment.reconcile", ref=ref)


@handles("grants.instalment.hold")
def hold(unit: Unit, caller: Caller, command: ask.HoldInstalment, *, ref: Ref) -> None:
    """Let it wait."""
    _change(unit, caller, command, "grants.instalment.hold", ref=ref)


@handles("grants.instalment.resume")
def resume(unit: Unit, caller: Caller, command: ask.ResumeInstalment, *, ref: Ref) -> None:
    """Let it go on."""
    _change(unit, caller, command, "grants.instalment.resume", ref=ref)


@handles("grants.instalment.cancel")
def cancel(unit: Unit, caller: Caller, command: ask.CancelInstalment, *, ref: Ref) -> None:
    """Do not hand it over."""
    _change(unit, caller, command, "grants.instalment.cancel", ref=ref)


@handles("grants.instalment.correct")
def correct(unit: Unit, caller: Caller, command: ask.CorrectInstalment, *, ref: Ref) -> None:
    """Put right its form."""
    _change(unit, caller, command, "grants.instalment.correct", ref=ref)


@handles("grants.instalment.void")
def void(unit: Unit, caller: Caller, command: ask.VoidInstalment, *, ref: Ref) -> None:
    """Take back an instalment entered in error."""
    _change(unit, caller, command, "grants.instalment.void", ref=ref)


def waiting(unit: Unit, case_ref: CaseRef, *statuses: Status) -> list[Ref]:
    """The instalments of a case in these statuses."""
    return [row["ref"] for row in unit.select(InstalmentRow, case_ref=case_ref) if Status(row["status"]) in statuses]


def hold_all(unit: Unit, caller: Caller, command: ask.HoldInstalment, *, case_ref: CaseRef) -> None:
    """Hold whatever is not handed over yet of a case's grants; people decide what becomes of it.

    The case first: it says which programmes there are to lock, and stands before them in the order of locks.
    """
    authorise(unit, caller, "grants.instalment.hold", f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    rows = unit.select(InstalmentRow, case_ref=case_ref)
    unit.lock(f"case/{case_ref}", *{f"programme/{row['programme_ref']}" for row in rows})
    for ref in waiting(unit, case_ref, Status.PLANNED, Status.RELEASED):
        _decide(unit, caller, command, ref)
