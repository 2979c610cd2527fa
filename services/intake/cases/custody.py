"""Who holds a case and who works on it: given by the holder, ended at once, and handed over when another takes it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import assert_never

from services.intake.cases.commands import (
    AcceptTransfer,
    AssignCase,
    DeclineTransfer,
    EndAccess,
    EndInforming,
    EndTeam,
    InformBody,
    LetIn,
    OfferTransfer,
    ReleaseCase,
    WithdrawTransfer,
)
from services.intake.cases.state import Case, Facts, Status, Worker, Working
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Decided, Event

Answer = AcceptTransfer | DeclineTransfer | WithdrawTransfer
Telling = InformBody | EndInforming
CustodyCommand = AssignCase | ReleaseCase | LetIn | EndAccess | EndTeam | OfferTransfer | Answer | Telling
AFTER_CLOSURE = timedelta(days=30)
"""How long whoever worked on a case may still look something up."""


def decide(state: Case, command: CustodyCommand, facts: Facts) -> Decided[Case]:
    """What becomes of those who work on a case, and of who holds it."""
    match command:
        case AssignCase() | ReleaseCase():
            return _staff(state, command, facts)
        case LetIn():
            return _let_in(state, command, facts)
        case EndAccess():
            over = tuple(worker for worker in state.workers if worker.until is not None and worker.until < facts.today)
            return Decided(state.but(workers=_without(state, over)), released(over, facts))
        case EndTeam():
            return _end_team(state, facts)
        case OfferTransfer():
            return _offer(state, command, facts)
        case AcceptTransfer() | DeclineTransfer() | WithdrawTransfer():
            return _answer(state, command, facts)
        case InformBody() | EndInforming():
            return _informed(state, command, facts)
        case _:
            assert_never(command)


def _informed(state: Case, command: Telling, facts: Facts) -> Decided[Case]:
    """Who holds a case is told of it by holding it, and no body is told twice."""
    body = command.organisation_ref
    if (body in state.informed) is isinstance(command, InformBody):
        return Decided(state)
    if body == state.organisation_ref:
        raise Refused("informed_holder")
    named = {"case_ref": facts.case_ref, "organisation_ref": body}
    if isinstance(command, InformBody):
        return Decided(state.but(informed=(*state.informed, body)), (told.CaseInformed(**named),))
    rest = tuple(other for other in state.informed if other != body)
    return Decided(state.but(informed=rest), (told.CaseInformingEnded(**named),))


def _staff(state: Case, command: AssignCase | ReleaseCase, facts: Facts) -> Decided[Case]:
    asked = _working(command)
    works = tuple(worker for worker in state.workers if worker.working == asked)
    if bool(works) is isinstance(command, AssignCase):
        return Decided(state)
    if facts.day < state.opened:
        raise Refused("before_case_opened")
    if isinstance(command, AssignCase):
        worker = Worker(**asked.model_dump())
        return Decided(state.but(workers=(*state.workers, worker)), (assigned(worker, facts),))
    rest = _without(state, works)
    if all(worker.until is not None for worker in rest):
        raise Refused("nobody_left")
    return Decided(state.but(workers=rest), released(works, facts))


def _end_team(state: Case, facts: Facts) -> Decided[Case]:
    """Looked at again when the time comes: the case may have been opened again, and closed later."""
    if state.closed is None or facts.today <= state.closed + AFTER_CLOSURE:
        return Decided(state)
    return Decided(state.but(workers=()), released(state.workers, facts))


def _let_in(state: Case, command: LetIn, facts: Facts) -> Decided[Case]:
    """Somebody of elsewhere works on it until a day; whoever is in the team without one stays as they are."""
    worker = Worker(**_working(command).model_dump(), until=command.until)
    before = tuple(other for other in state.workers if other.working == worker.working)
    if any(other.until is None for other in before):
        return Decided(state)
    return Decided(state.but(workers=(*_without(state, before), worker)), (assigned(worker, facts),))


def _offer(state: Case, command: OfferTransfer, facts: Facts) -> Decided[Case]:
    """One offer at a time, to somebody else."""
    other = command.organisation_ref
    if state.offered_to == other:
        return Decided(state)
    if state.offered_to is not None:
        raise Refused("transfer_pending")
    if other == state.organisation_ref:
        raise Refused("transfer_to_holder")
    offered = told.CaseTransferOffered(case_ref=facts.case_ref, organisation_ref=other, reason=command.reason)
    return Decided(state.but(offered_to=other), (offered,))


def _answer(state: Case, command: Answer, facts: Facts) -> Decided[Case]:
    if state.offered_to is None:
        raise Refused("transfer_not_offered")
    named = {"case_ref": facts.case_ref, "organisation_ref": state.offered_to}
    after = state.but(offered_to=None)
    match command:
        case AcceptTransfer():
            return _accept(after.but(organisation_ref=state.offered_to), state.organisation_ref, facts)
        case DeclineTransfer():
            return Decided(after, (told.CaseTransferDeclined(**named),))
        case WithdrawTransfer():
            return Decided(after, (told.CaseTransferWithdrawn(**named),))
        case _:
            assert_never(command)


def _accept(state: Case, before: OrganisationRef, facts: Facts) -> Decided[Case]:
    """The team of the holder before ends with its custody; whom it let in from elsewhere stays."""
    gone = tuple(worker for worker in state.workers if worker.organisation_ref == before)
    rest = tuple(worker for worker in _without(state, gone) if worker.working != facts.by.working)
    accepted = told.CaseTransferAccepted(case_ref=facts.case_ref, organisation_ref=state.organisation_ref)
    events = (accepted, *released(gone, facts), assigned(facts.by, facts))
    return Decided(state.but(workers=(*rest, facts.by)), events)


def left(state: Case, staff_ref: StaffRef, organisation_ref: OrganisationRef, facts: Facts) -> Decided[Case]:
    """Somebody left their organisation: they work on the case no more, even if that leaves nobody."""
    gone = tuple(one for one in state.workers if (one.staff_ref, one.organisation_ref) == (staff_ref, organisation_ref))
    return Decided(state.but(workers=_without(state, gone)), released(gone, facts))


def _working(command: AssignCase | ReleaseCase | LetIn) -> Working:
    return Working(**{name: getattr(command, name) for name in Working.model_fields})


def _without(state: Case, gone: tuple[Worker, ...]) -> tuple[Worker, ...]:
    return tuple(worker for worker in state.workers if worker not in gone)


def assigned(worker: Worker, facts: Facts) -> Event:
    """The fact that somebody works on it."""
    return told.CaseAssigned(case_ref=facts.case_ref, **worker.working.model_dump())


def released(workers: Iterable[Worker], facts: Facts) -> tuple[Event, ...]:
    """A fact for each who works on it no longer."""
    return tuple(told.CaseReleased(case_ref=facts.case_ref, **worker.working.model_dump()) for worker in workers)


def erased(state: Case, erasure_ref: Ref, facts: Facts) -> Decided[Case]:
    """The person is forgotten: the case is nobody's any more, and counts as struck out from now on."""
    after = state.but(status=Status.VOIDED, workers=(), offered_to=None, informed=())
    gone = told.CaseErased(case_ref=facts.case_ref, erasure_ref=erasure_ref)
    return Decided(after, (*released(state.workers, facts), gone))
