"""What is done with instalments. Whatever moves money locks the programme too, and moves budget and grant together."""

from services.grants.applications.duties import Hands, Part
from services.grants.applications.gathering import around, business_of, instalments_of, standing_of
from services.grants.applications.running import handed_over
from services.grants.applications.state import RUNNING, Application
from services.grants.applications.state import Facts as GrantFacts
from services.grants.applications.state import Status as GrantStatus
from services.grants.applications.tables import ApplicationRow
from services.grants.facets import GrantsFacet
from services.grants.instalments import commands as ask
from services.grants.instalments.commands import STATUSES, InstalmentCommand
from services.grants.instalments.domain import decide
from services.grants.instalments.state import DROPPED, HANDED_OVER, Facts, Instalment, Status
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.movement import Movement, spend, uncommit
from services.grants.programmes.state import Programme
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller
from shared.ids import CaseRef, Ref, Subject
from shared.model import Decided
from shared.writing.commands import Commands
from shared.writing.unit import Unit

PAYING = RUNNING - {GrantStatus.APPROVED, GrantStatus.SUSPENDED}


def _hands(grant: Application, parts: dict[Ref, Instalment]) -> Hands:
    """Everybody who had a part on the whole grant, not only on this instalment."""
    handled = {who for part in parts.values() for who in (part.released_by, part.paid_by) if who}
    reconciled = {part.reconciled_by for part in parts.values() if part.reconciled_by}
    return {**grant.hands, Part.DISBURSER: handled, Part.RECONCILER: reconciled}


def _one_is_lost(unit: Unit, own: GrantsFacet, case_ref: CaseRef, parts: dict[Ref, Instalment]) -> bool:
    """Whether more was paid in the case, as our own view has it, than our rows know: in a time that was lost."""
    paid = own.paid
    if paid <= sum(part.paid_on is not None for part in parts.values()):
        return False
    return paid > sum(row["paid_on"] is not None for row in unit.select(InstalmentRow, case_ref=case_ref))


def _facts(unit: Unit, caller: Caller, _: InstalmentCommand, *, ref: Ref, state: Instalment) -> Facts:
    grant, _version = unit.load(ApplicationRow, Application, state.application_ref, change=False)
    programme, _version = unit.load(ProgrammeRow, Programme, state.programme_ref, change=False)
    parts = instalments_of(unit, state.application_ref)
    live = {other: found for other, found in parts.items() if other != ref and found.status not in DROPPED}
    earlier = [found for found in live.values() if found.number < state.number]
    standing = standing_of(unit, state.case_ref, programme)
    business = business_of(unit, state.application_ref)
    own = unit.facet(Subject("case", state.case_ref), "grants", GrantsFacet)
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
        signed_on=grant.signed_on,
        payment_lost=_one_is_lost(unit, own, state.case_ref, parts),
        stopped=not {ref, state.application_ref}.isdisjoint(own.stopped),
        now=unit.now,
        put_back_at=unit.put_back_at(),
    )


def _money_follows(unit: Unit, caller: Caller, *, ref: Ref, before: Instalment, decided: Decided[Instalment]) -> None:
    """Budget and grant follow an instalment that was paid or dropped."""
    part = decided.state
    if before.status is Status.RELEASED and part.status is Status.PAID:
        moves = spend
    elif part.status in DROPPED:
        moves = uncommit
    else:
        return
    programme, _ = unit.load(ProgrammeRow, Programme, part.programme_ref, change=False)
    movement = Movement(part.programme_ref, part.application_ref, part.amount)
    unit.save(ProgrammeRow, part.programme_ref, moves(programme, movement))
    grant, _ = unit.load(ApplicationRow, Application, part.application_ref, change=False)
    parts = instalments_of(unit, part.application_ref).values()
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


INSTALMENTS = Commands(
    "grants.instalment",
    InstalmentRow,
    Instalment,
    STATUSES,
    decide,
    facts=_facts,
    streams=around,
    after=_money_follows,
)
INSTALMENTS.ordinary("release", ask.ReleaseInstalment)
INSTALMENTS.ordinary("add_receipt", ask.AddReceipt, if_match=False)
INSTALMENTS.ordinary("strike_receipt", ask.StrikeReceipt)
INSTALMENTS.ordinary("reconcile", ask.ReconcileInstalment)
INSTALMENTS.ordinary("hold", ask.HoldInstalment)
INSTALMENTS.ordinary("resume", ask.ResumeInstalment)
INSTALMENTS.ordinary("cancel", ask.CancelInstalment)
INSTALMENTS.ordinary("correct", ask.CorrectInstalment)
INSTALMENTS.ordinary("void", ask.VoidInstalment)


@INSTALMENTS.does("pay", ask.PayInstalment, if_match=False)
def pay(unit: Unit, caller: Caller, command: ask.PayInstalment, *, ref: Ref) -> None:
    """Hand it over, once, whatever is delivered twice. Another payment than the one made is refused by the rules."""
    case, *others = around(unit, command, unit.peek(InstalmentRow, ref), ref)
    INSTALMENTS.authorise(unit, caller, command, case)
    unit.lock(case, *others)
    paid = unit.peek(InstalmentRow, ref)["payment_ref"]
    if paid in (None, command.payment_ref) and unit.known(InstalmentRow, ref, command, continues=True):
        return unit.answer_about(InstalmentRow, Instalment, ref)
    INSTALMENTS.change(unit, caller, command, ref=ref)


def waiting(unit: Unit, case_ref: CaseRef, *statuses: Status) -> list[Ref]:
    """The instalments of a case in these statuses."""
    return [row["ref"] for row in unit.select(InstalmentRow, case_ref=case_ref) if Status(row["status"]) in statuses]


def hold_all(unit: Unit, caller: Caller, command: ask.HoldInstalment, *, case_ref: CaseRef) -> None:
    """Hold whatever is not handed over yet of a case's grants; people decide what becomes of it.

    The case first: it says which programmes there are to lock, and stands before them in the order of locks.
    """
    INSTALMENTS.authorise(unit, caller, command, Subject("case", case_ref))
    unit.lock(Subject("case", case_ref))
    rows = unit.select(InstalmentRow, case_ref=case_ref)
    unit.lock(*(subject for row in rows for subject in around(unit, command, row, row["ref"])))
    for ref in waiting(unit, case_ref, Status.PLANNED, Status.RELEASED):
        state, _ = unit.load(InstalmentRow, Instalment, ref, change=False)
        facts = _facts(unit, caller, command, ref=ref, state=state)
        unit.save(InstalmentRow, ref, decide(state, command, facts))
