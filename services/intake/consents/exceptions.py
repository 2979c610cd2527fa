"""The rules of a law's exception that stands in for a consent: one person begins it, and a second one confirms it.

Whoever is alone with a danger acts at once. That nobody else looked must not last: it ends by the clock, everywhere.
"""

from datetime import timedelta
from typing import Any

from services.intake.consents.state import CONFIRMED_WITHIN, Consent, Facts
from shared.clock import earlier
from shared.contracts import intake as told
from shared.errors import Refused
from shared.model import Decided


def begun(given: Consent, facts: Facts) -> Consent:
    """It holds for a day. The others hear of its last day with it, and so end it by themselves if nobody tells them."""
    if given.exception is None:
        return given
    return given.but(
        confirm_by=facts.now + CONFIRMED_WITHIN,
        lasts_until=given.valid_until,
        valid_until=earlier(given.valid_until, facts.today + timedelta(days=1)),
    )


def confirm(state: Consent, facts: Facts, named: dict[str, Any]) -> Decided[Consent]:
    """Somebody else says so as well, in time. The same again by the same person decides nothing."""
    if state.confirm_by is None:
        raise Refused("nothing_to_confirm")
    if facts.by == state.taken_by:
        raise Refused("exception_second_person")
    if state.confirmed_by is not None:
        return Decided(state)
    if state.lapsed(facts.now):
        raise Refused("exception_confirmed_too_late")
    confirmed = state.but(confirmed_by=facts.by, valid_until=state.lasts_until)
    return Decided(confirmed, (told.ConsentConfirmed(**named, valid_until=confirmed.valid_until),))
