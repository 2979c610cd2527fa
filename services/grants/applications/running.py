"""The grant after its approval: signed, handed over in parts, and ended, well or early.

However it ends, nothing is owed.
"""

from typing import assert_never

from services.grants.applications.commands import (
    CancelApplication,
    CompleteApplication,
    ResumeApplication,
    RunningCommand,
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


def step(state: Application, command: RunningCommand, facts: Facts) -> Decided[Application]:
    """What becomes of a grant that was approved, or of an application that ends early."""
    match command:
        case SignAgreement():
            return _sign(state, command, facts)
        case SuspendApplication():
            suspended = told.ApplicationSuspended(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.SUSPENDED, suspended_from=state.status), (suspended,))
        case ResumeApplication():
            return _resume(state, facts)
        case CompleteApplication():
            return _complete(state, facts)
        case TerminateApplication():
            terminated = told.ApplicationTerminated(**tags(state, facts), reason=command.reason, day=facts.day)
            return Decided(state.but(status=Status.TERMINATED), (terminated,))
        case CancelApplication():
            cancelled = told.ApplicationCancelled(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case VoidApplication():
            voided = told.ApplicationVoided(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _sign(state: Application, command: SignAgreement, facts: Facts) -> Decided[Application]:
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


def _resume(state: Application, facts: Facts) -> Decided[Application]:
    """The grant goes on where it stood."""
    case_can_receive(facts)
    resumed = state.but(status=state.suspended_from, suspended_from=None)
    return Decided(resumed, (told.ApplicationResumed(**tags(state, facts)),))


def _complete(state: Application, facts: Facts) -> Decided[Application]:
    """Every payment is reconciled, and a visit showed that the business runs or that something better came."""
    if not facts.settled:
        raise Refused("payments_not_reconciled")
    if not facts.proven:
        raise Refused("business_not_proven")
    event = told.ApplicationCompleted(**tags(state, facts), day=facts.day)
    return Decided(state.but(status=Status.COMPLETED), (event,))


def handed_over(state: Application, facts: Facts, *, outstanding: int) -> Decided[Application]:
    """An instalment was paid or dropped: the first opens the disbursement, the last one closes it."""
    moved, events = state, list[Event]()
    if moved.status is Status.AGREEMENT_SIGNED and facts.handed_over:
        moved = moved.but(status=Status.DISBURSING)
        events.append(told.ApplicationDisbursing(**tags(state, facts), day=facts.day))
    if moved.status is Status.DISBURSING and not outstanding:
        moved = moved.but(status=Status.ACTIVE)
        events.append(told.ApplicationActive(**tags(state, facts), day=facts.day))
    if not events:
        return Decided(state)
    return Decided(moved.but(stands_since=max(facts.day, state.stands_since or facts.day)), tuple(events))
