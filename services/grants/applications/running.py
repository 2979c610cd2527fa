"""The grant after its approval: signed, handed over in parts, and ended, well or early.

The surprise: however it ends, nothing is owed.
"""

from services.grants.applications.commands import (
    CancelApplication,
    CompleteApplication,
    ResumeApplication,
    SignAgreement,
    SuspendApplication,
    TerminateApplication,
    VoidApplication,
)
from services.grants.applications.conditions import case_can_receive, may_receive
from services.grants.applications.state import Application, Facts, Status, tags
from services.grants.programmes.money import band
from shared.contracts import grants as told
from shared.errors import Refused
from shared.model import Decided, Event


def sign(state: Application, command: SignAgreement, facts: Facts) -> Decided[Application]:
    """Read aloud, signed, a copy left. The money is committed in the same write."""
    assert state.basis is not None
    if not (command.read_aloud and command.copy_left):
        raise Refused("agreement_not_explained")
    may_receive(state, state.basis, facts)
    programme = facts.programme
    event = told.ApplicationAgreementSigned(
        **tags(state, facts),
        money_band=band(state.granted, programme.currency, programme.rate),
        currency=programme.currency,
        day=facts.day,
    )
    return Decided(state.but(status=Status.AGREEMENT_SIGNED, signed_on=facts.day), (event,))


def handed_over(state: Application, facts: Facts, *, outstanding: int) -> Decided[Application]:
    """An instalment was paid or dropped: the first opens the disbursement, the last one closes it."""
    moved, events = state, list[Event]()
    if moved.status is Status.AGREEMENT_SIGNED and facts.handed_over:
        moved = moved.but(status=Status.DISBURSING)
        events.append(told.ApplicationDisbursing(**tags(state, facts), day=facts.day))
    if moved.status is Status.DISBURSING and not outstanding:
        moved = moved.but(status=Status.ACTIVE)
        events.append(told.ApplicationActive(**tags(state, facts), day=facts.day))
    return Decided(moved, tuple(events))


def suspend(state: Application, command: SuspendApplication, facts: Facts) -> Decided[Application]:
    """Nothing is paid until people have talked."""
    event = told.ApplicationSuspended(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.SUSPENDED, suspended_from=state.status), (event,))


def resume(state: Application, _: ResumeApplication, facts: Facts) -> Decided[Application]:
    """The grant goes on where it stood."""
    case_can_receive(facts)
    resumed = state.but(status=state.suspended_from, suspended_from=None)
    return Decided(resumed, (told.ApplicationResumed(**tags(state, facts)),))


def complete(state: Application, _: CompleteApplication, facts: Facts) -> Decided[Application]:
    """Every payment is reconciled, and a visit showed that the business runs or that something better came."""
    if not facts.settled:
        raise Refused("payments_not_reconciled")
    if not facts.proven:
        raise Refused("business_not_proven")
    event = told.ApplicationCompleted(**tags(state, facts), day=facts.day)
    return Decided(state.but(status=Status.COMPLETED), (event,))


def terminate(state: Application, command: TerminateApplication, facts: Facts) -> Decided[Application]:
    """The grant ends early."""
    event = told.ApplicationTerminated(**tags(state, facts), reason=command.reason, day=facts.day)
    return Decided(state.but(status=Status.TERMINATED), (event,))


def cancel(state: Application, command: CancelApplication, facts: Facts) -> Decided[Application]:
    """The applicant changed their mind, which is always possible before anything was handed over."""
    event = told.ApplicationCancelled(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.CANCELLED), (event,))


def void(state: Application, command: VoidApplication, facts: Facts) -> Decided[Application]:
    """Entered in error."""
    event = told.ApplicationVoided(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (event,))
