"""Money of a programme moves: reserved, committed, spent, or free again.

These are no commands. They happen inside the application's or the instalment's own write, under the lock of the
programme, so that budget and grant can never disagree.
"""

from dataclasses import dataclass

from services.grants.programmes.money import band
from services.grants.programmes.state import Programme, Status
from shared.contracts import grants as told
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided, Event


@dataclass(frozen=True)
class Movement:
    """So much money of one programme, for one application."""

    programme_ref: Ref
    application_ref: Ref
    amount: int

    def told(self, programme: Programme, fact: type[told.FundsFact]) -> tuple[Event, ...]:
        """The fact of the movement, with a band instead of the amount."""
        money_band = band(self.amount, programme.currency, programme.rate)
        return (fact(programme_ref=self.programme_ref, application_ref=self.application_ref, money_band=money_band),)


def reserve(state: Programme, movement: Movement) -> Decided[Programme]:
    """Set money aside at the approval. The approved sum never exceeds what is free."""
    if state.status is not Status.OPEN:
        raise Refused("programme_not_open")
    if movement.amount > state.terms.ceiling:
        raise Refused("over_the_ceiling")
    if movement.amount > state.free:
        raise Refused("budget_exceeded")
    reserved = state.but(reserved=state.reserved + movement.amount)
    return Decided(reserved, movement.told(state, told.FundsReserved))


def commit(state: Programme, movement: Movement) -> Decided[Programme]:
    """Promise reserved money when the agreement is signed."""
    moved = state.but(reserved=state.reserved - movement.amount, committed=state.committed + movement.amount)
    return Decided(moved, movement.told(state, told.FundsCommitted))


def spend(state: Programme, movement: Movement) -> Decided[Programme]:
    """Hand over committed money."""
    moved = state.but(committed=state.committed - movement.amount, spent=state.spent + movement.amount)
    return Decided(moved, movement.told(state, told.FundsSpent))


def unreserve(state: Programme, movement: Movement) -> Decided[Programme]:
    """Free reserved money again."""
    freed = state.but(reserved=state.reserved - movement.amount)
    return Decided(freed, movement.told(state, told.FundsReleased))


def uncommit(state: Programme, movement: Movement) -> Decided[Programme]:
    """Free promised money again."""
    freed = state.but(committed=state.committed - movement.amount)
    return Decided(freed, movement.told(state, told.FundsReleased))
