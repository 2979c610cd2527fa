"""The rules of a child's best interests: options in order, enough people, and never an implicated receiver.

A caregiver who is implicated can receive the child only by an exception that a panel writes down. Nothing that is
found about trafficking plays a part here. `panel` says who decides, `proposing` how it comes to that.
"""

from typing import assert_never

from services.screening.best_interests import commands as ask
from services.screening.best_interests import proposing
from services.screening.best_interests.commands import STATUSES, BestInterestsCommand
from services.screening.best_interests.panel import base, left, seated
from services.screening.best_interests.state import BestInterests, Facts, Status
from shared.contracts import screening as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: BestInterests | None, command: BestInterestsCommand, facts: Facts) -> Decided[BestInterests]:
    """What becomes of a best-interests decision."""
    if state is not None and isinstance(command, ask.ConfirmBestInterests) and proposing.said(state, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, ask.RequireBestInterests):
        return _require(command, facts)
    assert state is not None
    match command:
        case ask.AddPanel():
            return _add_panel(state, command, facts)
        case ask.ProposeBestInterests():
            return proposing.propose(state, command, facts)
        case ask.ConfirmBestInterests():
            return proposing.confirm(state, facts)
        case ask.ObjectBestInterests() | ask.WithdrawBestInterests():
            return proposing.end(state, command, facts)
        case ask.SeatPanel():
            return Decided(*seated(state, facts))
        case ask.ReleasePanelMember():
            return proposing.release(state, command, facts)
        case ask.ReopenBestInterests():
            return _reopen(state, command, facts)
        case ask.CorrectBestInterests():
            return _correct(state, command, facts)
        case ask.VoidBestInterests():
            voided = told.BestInterestsVoided(**base(state, facts), reason=command.reason)
            after, released = left(state, facts)
            return Decided(after.but(status=Status.VOIDED), (voided, *released))
        case _:
            assert_never(command)


def _require(command: ask.RequireBestInterests, facts: Facts) -> Decided[BestInterests]:
    if facts.case_has_one:
        raise Refused("case_has_a_decision_pending")
    if facts.before(facts.case_opened):
        raise Refused("before_case_opened")
    state = BestInterests(
        case_ref=command.case_ref,
        status=Status.REQUIRED,
        cause=command.cause,
        panel=command.panel or bool(facts.implicated),
        required_on=facts.day,
    )
    return Decided(state, (_required(state, facts),))


def _add_panel(state: BestInterests, command: ask.AddPanel, facts: Facts) -> Decided[BestInterests]:
    """What two were asked to decide is over where it takes a panel."""
    if state.panel or not (command.panel or facts.implicated):
        return Decided(state)
    after = state.but(cause=command.cause, panel=True)
    return proposing.over(after, facts, _required(after, facts))


def _required(state: BestInterests, facts: Facts) -> told.BestInterestsRequired:
    return told.BestInterestsRequired(**base(state, facts), cause=state.cause, panel=state.panel, day=facts.day)


def _reopen(state: BestInterests, command: ask.ReopenBestInterests, facts: Facts) -> Decided[BestInterests]:
    if facts.before(state.decided_on):
        raise Refused("day_out_of_order")
    panel = command.panel or bool(facts.implicated)
    after = state.but(
        status=Status.REQUIRED, cause=command.cause, panel=panel, required_on=facts.day, members=(), confirmed=()
    )
    return Decided(after, (_reopened(after, facts),))


def _reopened(state: BestInterests, facts: Facts) -> told.BestInterestsReopened:
    return told.BestInterestsReopened(**base(state, facts), cause=state.cause, panel=state.panel, day=facts.day)


def _correct(state: BestInterests, command: ask.CorrectBestInterests, facts: Facts) -> Decided[BestInterests]:
    """What is put right is another proposal: those who decide say their word to it."""
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    assert after.review_day is not None
    if state.decided_on is not None and after.review_day <= state.decided_on:
        raise Refused("review_day_passed")
    if facts.before(state.decided_on or state.proposed_on):
        raise Refused("day_out_of_order")
    corrected = told.BestInterestsCorrected(**base(state, facts), review_day=after.review_day)
    opened = (_reopened(state, facts),) if state.status is Status.DECIDED else ()
    again, events = proposing.proposed(after, facts)
    return Decided(again, (corrected, *opened, *events))
