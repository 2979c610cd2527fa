"""The rules of a consent to share that ends while help is given: the help goes on, and the provider says that it knows.

Whoever has not said so leaves no request behind: what they hold of a person would be nobody's matter any more.
"""

from services.referrals.service_referrals.commands import AcknowledgeWithdrawal, EndSharing
from services.referrals.service_referrals.state import Facts, ServiceReferral
from shared.clock import working_day_after
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided

DAYS_TO_ACKNOWLEDGE = 2
"""Working days, as Viet Nam asks for answers to a withdrawal since 1 January 2026. Cambodia names no number yet."""


def step(state: ServiceReferral, command: EndSharing | AcknowledgeWithdrawal, facts: Facts) -> Decided[ServiceReferral]:
    """Nothing more may be shared; or the provider knows it."""
    return _end(state, facts) if isinstance(command, EndSharing) else _acknowledge(state, facts)


def check_acknowledged(state: ServiceReferral) -> None:
    """Refuse to end a request whose provider has not said that it knows. Help itself is refused nobody."""
    if state.acknowledge_by is not None:
        raise Refused("withdrawal_not_acknowledged")


def _end(state: ServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    """A second end before the first was acknowledged asks for nothing new, and for nothing later."""
    if state.in_house or state.acknowledge_by is not None:
        return Decided(state)
    by = working_day_after(facts.today, DAYS_TO_ACKNOWLEDGE)
    ended = state.but(sharing_ended_on=facts.today, acknowledge_by=by, acknowledged_on=None)
    return Decided(ended, (told.ServiceReferralSharingEnded(**facts.about(state), acknowledge_by=by),))


def _acknowledge(state: ServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    """The day counts by its recording. Said once it is said."""
    if state.acknowledge_by is None:
        if state.acknowledged_on is None:
            raise Refused("no_withdrawal_waits")
        return Decided(state)
    known = state.but(acknowledge_by=None, acknowledged_on=facts.today)
    return Decided(known, (told.ServiceReferralWithdrawalAcknowledged(**facts.about(state), day=facts.today),))
