"""The rules of a broken glass: for whoever showed a second factor just now, for an hour, and reviewed by another."""

from typing import assert_never

from services.intake.glass.commands import STATUSES, BreakGlass, CloseGlass, GlassCommand, ReviewGlass
from services.intake.glass.state import FRESH, MOST_UNREVIEWED, REVIEW_DAYS, Facts, Glass, Status
from shared.clock import working_day_after
from shared.contracts import intake as told
from shared.errors import Refused, SignInAgain
from shared.ids import Ref
from shared.model import Decided, Event


def decide(state: Glass | None, command: GlassCommand, facts: Facts) -> Decided[Glass]:
    """What becomes of a broken glass."""
    if state is not None and isinstance(command, ReviewGlass) and state.outcome == command.outcome:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, BreakGlass):
        return _break(command, facts)
    assert state is not None
    match command:
        case CloseGlass():
            return Decided(over(state), ended(facts.glass_ref, state))
        case ReviewGlass():
            return _review(state, command, facts)
        case _:
            assert_never(command)


def _break(command: BreakGlass, facts: Facts) -> Decided[Glass]:
    if facts.factor_at is None:
        raise SignInAgain("second_factor_missing")
    if facts.now - facts.factor_at > FRESH:
        raise SignInAgain("second_factor_too_old")
    if facts.voided:
        raise Refused("case_not_open")
    if any(glass.until > facts.now for _, glass in facts.unended):
        raise Refused("glass_open_already")
    if facts.unreviewed >= MOST_UNREVIEWED:
        raise Refused("glass_reviews_missing")
    glass = Glass(
        case_ref=facts.case_ref,
        staff_ref=facts.by,
        organisation_ref=facts.organisation_ref,
        reason=command.reason,
        status=Status.OPEN,
        until=facts.now + told.GLASS_HOLDS,
        review_by=working_day_after(facts.today, REVIEW_DAYS),
    )
    # What ended by the clock, and was not told yet, is told before: its part is that of the same person.
    late = tuple(event for ref, found in facts.unended for event in ended(ref, found))
    return Decided(glass, (*late, told.CaseGlassBroken(**_named(facts.glass_ref, glass))))


def _review(state: Glass, command: ReviewGlass, facts: Facts) -> Decided[Glass]:
    if facts.by == state.staff_ref:
        raise Refused("glass_second_person")
    reviewed = state.but(status=Status.REVIEWED, outcome=command.outcome, reviewed_by=facts.by)
    return Decided(reviewed, ended(facts.glass_ref, state), own_matter=True)


def over(state: Glass) -> Glass:
    """After its hour."""
    return state.but(status=Status.OVER) if state.status is Status.OPEN else state


def ended(ref: Ref, state: Glass) -> tuple[Event, ...]:
    """The fact that it is over, once."""
    return (told.CaseGlassEnded(**_named(ref, state)),) if state.status is Status.OPEN else ()


def _named(ref: Ref, glass: Glass) -> dict[str, Ref]:
    named = {name: getattr(glass, name) for name in ("case_ref", "staff_ref", "organisation_ref")}
    return {"glass_ref": ref, **named}
